"""SCRIPT messages of our own for the tests; people, numbers and drugs' codes are made up."""

ATTRIBUTES = (
    'DatatypesVersion="20170715" TransportVersion="20170715" TransactionDomain="SCRIPT" '
    'TransactionVersion="20170715" StructuresVersion="20170715" ECLVersion="20170715"'
)
HEADER = """<Header>
  <To Qualifier="P">4567890</To>
  <From Qualifier="D">7001112223334</From>
  <MessageID>M-1001</MessageID>
  <SentTime>2026-03-02T15:30:00.0Z</SentTime>
  <SenderSoftware>
    <SenderSoftwareDeveloper>Fern Records</SenderSoftwareDeveloper>
    <SenderSoftwareProduct>Chart</SenderSoftwareProduct>
    <SenderSoftwareVersionRelease>7.2</SenderSoftwareVersionRelease>
  </SenderSoftware>
  <PrescriberOrderNumber>PO-77</PrescriberOrderNumber>
</Header>"""
ADDRESS = """<Address>
  <AddressLine1>12 Cedar Lane</AddressLine1>
  <City>Austin</City>
  <StateProvince>TX</StateProvince>
  <PostalCode>78701</PostalCode>
  <CountryCode>US</CountryCode>
</Address>"""
PATIENT = f"""<Patient><HumanPatient>
  <Name><LastName>Okafor</LastName><FirstName>Ada</FirstName></Name>
  <Gender>F</Gender>
  <DateOfBirth><Date>1984-07-09</Date></DateOfBirth>
  {ADDRESS}
</HumanPatient></Patient>"""
PHARMACY = """<Pharmacy>
  <Identification><NCPDPID>4567890</NCPDPID><NPI>1234567893</NPI></Identification>
  <BusinessName>Corner Pharmacy</BusinessName>
  <CommunicationNumbers><PrimaryTelephone><Number>5125550100</Number></PrimaryTelephone>
  </CommunicationNumbers>
</Pharmacy>"""
PRESCRIBER = f"""<Prescriber><NonVeterinarian>
  <Identification><NPI>1245319599</NPI></Identification>
  <Name><LastName>Reyes</LastName><FirstName>Luz</FirstName></Name>
  {ADDRESS}
  <CommunicationNumbers><PrimaryTelephone><Number>5125550123</Number></PrimaryTelephone>
  </CommunicationNumbers>
</NonVeterinarian></Prescriber>"""
MEDICATION = """<MedicationPrescribed>
  <DrugDescription>Lisinopril 10 MG Oral Tablet</DrugDescription>
  <DrugCoded>
    <ProductCode><Code>68180098001</Code><Qualifier>ND</Qualifier></ProductCode>
    <DrugDBCode><Code>314076</Code><Qualifier>SCD</Qualifier></DrugDBCode>
  </DrugCoded>
  <Quantity>
    <Value>30</Value>
    <CodeListQualifier>38</CodeListQualifier>
    <QuantityUnitOfMeasure><Code>C48542</Code></QuantityUnitOfMeasure>
  </Quantity>
  <DaysSupply>30</DaysSupply>
  <WrittenDate><Date>2026-03-02</Date></WrittenDate>
  <Substitutions>0</Substitutions>
  <NumberOfRefills>3</NumberOfRefills>
  <Sig><SigText>Take 1 tablet by mouth once daily</SigText></Sig>
</MedicationPrescribed>"""


def envelope(body: str, *, header: str = HEADER, attributes: str = ATTRIBUTES) -> str:
    """A whole document around the inside of ``Body``."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f"<Message {attributes}>{header}<Body>{body}</Body></Message>"
    )


NEW_RX = envelope(f"<NewRx>{PATIENT}{PHARMACY}{PRESCRIBER}{MEDICATION}</NewRx>")
CANCEL_RX = envelope(
    "<CancelRx><ChangeOfPrescriptionStatusFlag>C</ChangeOfPrescriptionStatusFlag>"
    f"{PATIENT}{PHARMACY}{PRESCRIBER}{MEDICATION}</CancelRx>",
    header=HEADER.replace(
        "<SentTime>", "<RelatesToMessageID>M-0900</RelatesToMessageID><SentTime>"
    ),
)

FULL_MEDICATION = """<MedicationPrescribed>
  <DrugDescription>Oxycodone Hydrochloride 5 MG Oral Tablet</DrugDescription>
  <DrugCoded>
    <ProductCode><Code>00406055201</Code><Qualifier>ND</Qualifier></ProductCode>
    <Strength>
      <StrengthValue>5</StrengthValue>
      <StrengthForm><Code>C42998</Code></StrengthForm>
      <StrengthUnitOfMeasure><Code>C28253</Code></StrengthUnitOfMeasure>
    </Strength>
    <DrugDBCode><Code>1049621</Code><Qualifier>SCD</Qualifier></DrugDBCode>
    <DEASchedule><Code>C48675</Code></DEASchedule>
  </DrugCoded>
  <Quantity>
    <Value>12.5</Value>
    <CodeListQualifier>38</CodeListQualifier>
    <QuantityUnitOfMeasure><Code>C48542</Code></QuantityUnitOfMeasure>
  </Quantity>
  <DaysSupply>3</DaysSupply>
  <WrittenDate><DateTime>2026-03-02T09:15:00</DateTime></WrittenDate>
  <LastFillDate><Date>2026-02-01</Date></LastFillDate>
  <Substitutions>1</Substitutions>
  <NumberOfRefills>0</NumberOfRefills>
  <Diagnosis>
    <ClinicalInformationQualifier>1</ClinicalInformationQualifier>
    <Primary><Code>S82201A</Code><Qualifier>ABF</Qualifier>
      <Description>Broken shin</Description></Primary>
    <Secondary><Code>G8918</Code><Qualifier>ABF</Qualifier></Secondary>
  </Diagnosis>
  <PriorAuthorization>PA12345</PriorAuthorization>
  <Note>Call when ready</Note>
  <DrugUseEvaluation>
    <ServiceReasonCode>DD</ServiceReasonCode>
    <ProfessionalServiceCode>M0</ProfessionalServiceCode>
    <ServiceResultCode>1G</ServiceResultCode>
    <ClinicalSignificanceCode>2</ClinicalSignificanceCode>
    <AcknowledgementReason>Known to the patient</AcknowledgementReason>
  </DrugUseEvaluation>
  <DrugCoverageStatusCode>PR</DrugCoverageStatusCode>
  <PriorAuthorizationStatus>A</PriorAuthorizationStatus>
  <Sig>
    <SigText>Take 1 tablet by mouth every 6 hours as needed for pain</SigText>
    <CodeSystem><SNOMEDVersion>20170131</SNOMEDVersion></CodeSystem>
    <Instruction><DoseAdministration><Dosage><DoseQuantity>1</DoseQuantity></Dosage>
    </DoseAdministration></Instruction>
  </Sig>
  <DoNotFill>H</DoNotFill>
  <OrderCaptureMethod>EP</OrderCaptureMethod>
  <RxFillIndicator>All Fill Statuses</RxFillIndicator>
  <FlavoringRequested>Y</FlavoringRequested>
  <CompoundInformation><FinalCompoundPharmaceuticalDosageForm>C42998
  </FinalCompoundPharmaceuticalDosageForm>
    <CompoundIngredientsLotNotUsed><CompoundIngredient>
      <CompoundIngredientItemDescription>codeine sulfate 30 MG Oral Tablet
      </CompoundIngredientItemDescription>
      <ItemNumber><Code>00054024424</Code><Qualifier>ND</Qualifier></ItemNumber>
      <Strength><StrengthValue>30</StrengthValue>
        <StrengthForm><Code>C42998</Code></StrengthForm>
        <StrengthUnitOfMeasure><Code>C28253</Code></StrengthUnitOfMeasure></Strength>
      <DEASchedule><Code>C48675</Code></DEASchedule></CompoundIngredient>
      <Quantity><Value>12</Value><CodeListQualifier>38</CodeListQualifier>
        <QuantityUnitOfMeasure><Code>C48542</Code></QuantityUnitOfMeasure></Quantity>
      <DrugUseEvaluation><ServiceReasonCode>HD</ServiceReasonCode>
      </DrugUseEvaluation></CompoundIngredientsLotNotUsed>
    <CompoundIngredientsLotNotUsed><CompoundIngredient>
      <CompoundIngredientItemDescription>lactose</CompoundIngredientItemDescription>
      <ItemNumber><Code>J2B2A4N98G</Code><Qualifier>UN</Qualifier></ItemNumber>
      </CompoundIngredient>
      <Quantity><Value>2.5</Value><CodeListQualifier>QS</CodeListQualifier>
        <QuantityUnitOfMeasure><Code>C48155</Code></QuantityUnitOfMeasure></Quantity>
      </CompoundIngredientsLotNotUsed></CompoundInformation>
  <PatientCodifiedNote><Qualifier>AN</Qualifier></PatientCodifiedNote>
  <PatientCodifiedNote><Qualifier>AP</Qualifier></PatientCodifiedNote>
  <OtherMedicationDate>
    <OtherMedicationDate><Date>2026-03-05</Date></OtherMedicationDate>
    <OtherMedicationDateQualifier>EffectiveDate</OtherMedicationDateQualifier>
  </OtherMedicationDate>
  <OtherMedicationDate><ExpirationDate><Date>2026-04-01</Date></ExpirationDate>
  </OtherMedicationDate>
  <NeedNoLaterThan><Date>2026-03-06</Date></NeedNoLaterThan>
</MedicationPrescribed>"""
FULL_PATIENT = f"""<Patient><HumanPatient>
  <Identification><MedicalRecordIdentificationNumberEHR>MR-5
  </MedicalRecordIdentificationNumberEHR></Identification>
  <Name><LastName>Nuñez</LastName><FirstName>José</FirstName><MiddleName>M</MiddleName>
    <Suffix>Jr</Suffix><Prefix>Mr</Prefix></Name>
  <Gender>M</Gender>
  <DateOfBirth><Date>2015-02-28</Date></DateOfBirth>
  {ADDRESS}
  <CommunicationNumbers>
    <PrimaryTelephone><Number>5125550177</Number><Extension>12</Extension></PrimaryTelephone>
    <ElectronicMail>jose@example.org</ElectronicMail>
  </CommunicationNumbers>
  <LanguageNameCode>es</LanguageNameCode>
  <HospiceIndicator>N</HospiceIndicator>
</HumanPatient></Patient>"""
FULL_NEW_RX = envelope(
    "<NewRx><MessageRequestCode>C1</MessageRequestCode>"
    "<UrgencyIndicatorCode>X</UrgencyIndicatorCode>"
    "<AllergyOrAdverseEvent><Allergies><SourceOfInformation>P</SourceOfInformation>"
    "<AdverseEvent><Text>Drug allergy</Text><Code>416098002</Code></AdverseEvent>"
    "<DrugProductCoded><Code>7980</Code><Qualifier>RX</Qualifier><Text>Penicillin</Text>"
    "</DrugProductCoded><ReactionCoded><Text>Hives</Text><Code>247472004</Code></ReactionCoded>"
    "<SeverityCoded><Text>Moderate</Text><Code>6736007</Code></SeverityCoded>"
    "</Allergies></AllergyOrAdverseEvent>"
    "<BenefitsCoordination><PayerIdentification>"
    "<PayerID>T01</PayerID><ProcessorIdentificationNumber>RXPCN</ProcessorIdentificationNumber>"
    "<IINNumber>610999</IINNumber></PayerIdentification><PayerName>Green Plan</PayerName>"
    "<CardholderID>GP100</CardholderID><CardHolderName><LastName>Nuñez</LastName>"
    "</CardHolderName><GroupID>G5</GroupID>"
    "<PayerResponsibilityCode>P</PayerResponsibilityCode>"
    "<PatientRelationship>3</PatientRelationship><PersonCode>03</PersonCode>"
    "<GroupName>Teachers</GroupName><PBMMemberID>PB9</PBMMemberID></BenefitsCoordination>"
    "<BenefitsCoordination><CardholderID>SECOND1</CardholderID></BenefitsCoordination>"
    f"{FULL_PATIENT}{PHARMACY}"
    + PRESCRIBER.replace(
        "<NPI>1245319599</NPI>",
        "<StateLicenseNumber>TX-L1</StateLicenseNumber><DEANumber>AB1234563</DEANumber>"
        "<NPI>1245319599</NPI>",
    ).replace(
        "</Identification>",
        "</Identification><Specialty>207Q00000X</Specialty>"
        "<PracticeLocation><BusinessName>Hill Clinic</BusinessName></PracticeLocation>",
    )
    + "<Observation><Measurement><VitalSign>29463-7</VitalSign>"
    "<LOINCVersion>2.42</LOINCVersion><Value>55</Value><UnitOfMeasure>[lb_av]</UnitOfMeasure><UCUMVersion>2.1</UCUMVersion>"
    "<ObservationDate><Date>2026-03-01</Date></ObservationDate></Measurement>"
    "<Measurement><VitalSign>29463-7</VitalSign><Value>24.5</Value>"
    "<UnitOfMeasure>kg</UnitOfMeasure>"
    "<ObservationDate><Date>2025-12-01</Date></ObservationDate></Measurement>"
    "<ObservationNotes>Weighed dressed</ObservationNotes></Observation>"
    f"{FULL_MEDICATION}"
    + PRESCRIBER.replace("Prescriber>", "Supervisor>").replace("Reyes", "Grant")
    + "<ProhibitRenewalRequest>true</ProhibitRenewalRequest></NewRx>",
    header=HEADER.replace(
        "</Header>",
        '<DigitalSignature Version="1.0"><DigitalSignatureIndicator>true'
        "</DigitalSignatureIndicator></DigitalSignature></Header>",
    ).replace(
        "<PrescriberOrderNumber>",
        "<RxReferenceNumber>R5</RxReferenceNumber><PrescriberOrderNumber>",
    ),
)
