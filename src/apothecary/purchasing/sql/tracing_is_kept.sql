-- What was told of packages stays as it was told, six years and longer.

CREATE OR REPLACE FUNCTION purchasing_tracing_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept for six years: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER tracing_document_kept BEFORE DELETE ON purchasing_tracingdocument
    FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER traced_shipment_kept BEFORE UPDATE OR DELETE ON purchasing_tracedshipment
    FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER traced_item_kept BEFORE UPDATE OR DELETE ON purchasing_traceditem
    FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER traced_package_kept BEFORE UPDATE OR DELETE ON purchasing_tracedpackage
    FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
