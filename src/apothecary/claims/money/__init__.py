"""What payers really paid: remittances read, reconciled to the cent, owed money by age."""
