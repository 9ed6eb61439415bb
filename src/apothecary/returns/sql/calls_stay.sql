-- A call to a patient stays as it was written down.

CREATE TRIGGER recall_try_stays BEFORE UPDATE OR DELETE ON returns_recalltry
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
