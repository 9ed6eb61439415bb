"""A NewRx in full, as the element tables of SCRIPT 2017071 lay it out."""

from dataclasses import replace

import pytest
from lxml import etree

from simulators.prescriber.order import Order
from simulators.prescriber.script import newrx
from simulators.tests.orders import ADULT_LINE, CASH, CHILD, DOCTOR, LINE, ORDER, ROOT

FULL_NEWRX = """\
  <Header>
    <To Qualifier="P">9999991</To>
    <From Qualifier="D">1234567893</From>
    <MessageID>M1</MessageID>
    <SentTime>2026-03-02T15:00:00.0Z</SentTime>
    <SenderSoftware>
      <SenderSoftwareDeveloper>Apothecary</SenderSoftwareDeveloper>
      <SenderSoftwareProduct>Prescriber simulator</SenderSoftwareProduct>
      <SenderSoftwareVersionRelease>1</SenderSoftwareVersionRelease>
    </SenderSoftware>
    <PrescriberOrderNumber>P1</PrescriberOrderNumber>
    <DigitalSignature Version="1.0">
      <DigitalSignatureIndicator>true</DigitalSignatureIndicator>
    </DigitalSignature>
  </Header>
  <Body>
    <NewRx>
      <BenefitsCoordination>
        <PayerIdentification>
          <ProcessorIdentificationNumber>TESTPCN</ProcessorIdentificationNumber>
          <IINNumber>999999</IINNumber>
        </PayerIdentification>
        <PayerName>Sample Health</PayerName>
        <CardholderID>LS1234567</CardholderID>
        <GroupID>G1</GroupID>
        <PayerResponsibilityCode>P</PayerResponsibilityCode>
        <PatientRelationship>3</PatientRelationship>
        <PersonCode>02</PersonCode>
      </BenefitsCoordination>
      <Patient>
        <HumanPatient>
          <Name>
            <LastName>O'Neil</LastName>
            <FirstName>Mia</FirstName>
            <MiddleName>R</MiddleName>
          </Name>
          <Gender>F</Gender>
          <DateOfBirth>
            <Date>2019-03-30</Date>
          </DateOfBirth>
          <Address>
            <AddressLine1>1 Elm Road</AddressLine1>
            <AddressLine2>Apt 2</AddressLine2>
            <City>Kyle</City>
            <StateProvince>TX</StateProvince>
            <PostalCode>78640</PostalCode>
            <CountryCode>US</CountryCode>
          </Address>
          <CommunicationNumbers>
            <PrimaryTelephone>
              <Number>5125550100</Number>
            </PrimaryTelephone>
          </CommunicationNumbers>
          <LanguageNameCode>SPA</LanguageNameCode>
        </HumanPatient>
      </Patient>
      <Pharmacy>
        <Identification>
          <NCPDPID>9999991</NCPDPID>
          <NPI>2900000110</NPI>
        </Identification>
        <BusinessName>Pecan Street</BusinessName>
        <Address>
          <AddressLine1>3 Ash Road</AddressLine1>
          <City>San Marcos</City>
          <StateProvince>TX</StateProvince>
          <PostalCode>78666</PostalCode>
          <CountryCode>US</CountryCode>
        </Address>
        <CommunicationNumbers>
          <PrimaryTelephone>
            <Number>5125550199</Number>
          </PrimaryTelephone>
        </CommunicationNumbers>
      </Pharmacy>
      <Prescriber>
        <NonVeterinarian>
          <Identification>
            <StateLicenseNumber>TX1</StateLicenseNumber>
            <DEANumber>AB1234563</DEANumber>
            <NPI>1234567893</NPI>
          </Identification>
          <Name>
            <LastName>Huang</LastName>
            <FirstName>Grace</FirstName>
          </Name>
          <Address>
            <AddressLine1>2 Oak Road</AddressLine1>
            <City>Buda</City>
            <StateProvince>TX</StateProvince>
            <PostalCode>78610</PostalCode>
            <CountryCode>US</CountryCode>
          </Address>
          <CommunicationNumbers>
            <PrimaryTelephone>
              <Number>5125550163</Number>
            </PrimaryTelephone>
            <Fax>
              <Number>5125550178</Number>
            </Fax>
          </CommunicationNumbers>
        </NonVeterinarian>
      </Prescriber>
      <Observation>
        <Measurement>
          <VitalSign>29463-7</VitalSign>
          <LOINCVersion>2.63</LOINCVersion>
          <Value>18.4</Value>
          <UnitOfMeasure>kg</UnitOfMeasure>
          <UCUMVersion>2.0</UCUMVersion>
          <ObservationDate>
            <Date>2026-03-02</Date>
          </ObservationDate>
        </Measurement>
      </Observation>
      <MedicationPrescribed>
        <DrugDescription>a &lt;liquid&gt; &amp; more</DrugDescription>
        <DrugCoded>
          <ProductCode>
            <Code>00093310501</Code>
            <Qualifier>ND</Qualifier>
          </ProductCode>
          <DrugDBCode>
            <Code>308191</Code>
            <Qualifier>SCD</Qualifier>
          </DrugDBCode>
          <DEASchedule>
            <Code>C48677</Code>
          </DEASchedule>
        </DrugCoded>
        <Quantity>
          <Value>150</Value>
          <CodeListQualifier>38</CodeListQualifier>
          <QuantityUnitOfMeasure>
            <Code>C28254</Code>
          </QuantityUnitOfMeasure>
        </Quantity>
        <DaysSupply>30</DaysSupply>
        <WrittenDate>
          <Date>2026-03-02</Date>
        </WrittenDate>
        <Substitutions>1</Substitutions>
        <NumberOfRefills>1</NumberOfRefills>
        <Sig>
          <SigText>Give 5 mL by mouth once daily</SigText>
        </Sig>
      </MedicationPrescribed>
    </NewRx>
  </Body>
</Message>
"""


def test_a_newrx_for_a_child_with_a_card_and_a_controlled_drug_in_full() -> None:
    assert newrx(ORDER).decode() == ROOT + FULL_NEWRX


@pytest.mark.parametrize(
    ("order", "absent"),
    [
        (CASH, "BenefitsCoordination"),
        (CASH, "Observation"),
        (CASH, "DigitalSignature"),
        (CASH, "DEASchedule"),
        (CASH, "DrugDBCode"),
        (CASH, "LanguageNameCode"),
        (CASH, "HumanPatient/CommunicationNumbers"),
        (replace(ORDER, ndc=""), "ProductCode"),
        (replace(ORDER, ndc="", rxcui="", line=ADULT_LINE), "DrugCoded"),
        (replace(ORDER, directions=""), "Sig"),
        (replace(ORDER, days=""), "DaysSupply"),
        (replace(ORDER, prescriber=replace(DOCTOR, fax="")), "Fax"),
        (replace(ORDER, person=replace(CHILD, weight_kg=None)), "Observation"),
    ],
)
def test_what_is_not_known_is_left_out_whole(order: Order, absent: str) -> None:
    root = etree.fromstring(newrx(order))
    assert root.find(f".//{absent}") is None
    assert [e.tag for e in root.iter() if not (e.text or "").strip() and not len(e)] == []


@pytest.mark.parametrize(
    ("schedule", "code"), [(2, "C48675"), (3, "C48676"), (4, "C48677"), (5, "C48679")]
)
def test_each_schedule_has_its_code(schedule: int, code: str) -> None:
    order = replace(ORDER, line=replace(LINE, schedule=schedule))
    assert etree.fromstring(newrx(order)).findtext(".//DEASchedule/Code") == code


@pytest.mark.parametrize("text", ["é ñ ü", "<&>\"'", "a\u2013b", "half ½"])
def test_any_letter_survives(text: str) -> None:
    root = etree.fromstring(newrx(replace(ORDER, directions=text)))
    assert root.findtext(".//SigText") == text
