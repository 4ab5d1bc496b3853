-- Collectors were promised that there are no more copies than the print run says.
CREATE TRIGGER cards_printing_run_fixed BEFORE UPDATE ON cards_printing FOR EACH ROW
    WHEN (OLD.minted > 0 AND OLD.print_run < coalesce(NEW.print_run, OLD.print_run + 1))
    EXECUTE FUNCTION cards_refuse_print_run();
