"""A CancelRx in full, as the element tables of SCRIPT 2017071 lay it out."""

from dataclasses import replace

from simulators.prescriber.script import cancelrx
from simulators.tests.orders import CASH, ROOT

BARE_CANCEL = """\
  <Header>
    <To Qualifier="P">9999991</To>
    <From Qualifier="D">1234567893</From>
    <MessageID>M2</MessageID>
    <RelatesToMessageID>M1</RelatesToMessageID>
    <SentTime>2026-03-02T15:00:00.0Z</SentTime>
    <SenderSoftware>
      <SenderSoftwareDeveloper>Apothecary</SenderSoftwareDeveloper>
      <SenderSoftwareProduct>Prescriber simulator</SenderSoftwareProduct>
      <SenderSoftwareVersionRelease>1</SenderSoftwareVersionRelease>
    </SenderSoftware>
    <PrescriberOrderNumber>P1</PrescriberOrderNumber>
  </Header>
  <Body>
    <CancelRx>
      <Patient>
        <HumanPatient>
          <Name>
            <LastName>O'Neil</LastName>
            <FirstName>Mia</FirstName>
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
      <MedicationPrescribed>
        <DrugDescription>a &lt;liquid&gt; &amp; more</DrugDescription>
        <DrugCoded>
          <ProductCode>
            <Code>00093310501</Code>
            <Qualifier>ND</Qualifier>
          </ProductCode>
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
        <Substitutions>0</Substitutions>
        <NumberOfRefills>1</NumberOfRefills>
        <Sig>
          <SigText>Give 5 mL by mouth once daily</SigText>
        </Sig>
      </MedicationPrescribed>
    </CancelRx>
  </Body>
</Message>
"""


def test_a_cancel_of_a_cash_order_in_full() -> None:
    cancel = replace(CASH, relates_to="M1", message_id="M2")
    assert cancelrx(cancel).decode() == ROOT + BARE_CANCEL
