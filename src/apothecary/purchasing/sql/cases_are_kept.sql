-- Suspect cases, what was found out and who was told: kept six years (FDCA 582(d)(4)).

CREATE TRIGGER suspectcase_kept BEFORE DELETE ON purchasing_suspectcase FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER suspectpackage_kept BEFORE DELETE ON purchasing_suspectpackage FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER verification_kept BEFORE DELETE ON purchasing_verification FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER drugnotification_kept BEFORE DELETE ON purchasing_drugnotification FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER partnernotice_kept BEFORE DELETE ON purchasing_partnernotice FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER dispensersize_kept BEFORE DELETE ON purchasing_dispensersize FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
CREATE TRIGGER casenote_kept BEFORE UPDATE OR DELETE ON purchasing_casenote FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();
