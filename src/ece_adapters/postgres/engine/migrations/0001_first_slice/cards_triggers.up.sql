-- The print run is a promise to collectors: there are never more copies.
CREATE TRIGGER cards_printing_run_fixed BEFORE UPDATE ON cards_printing FOR EACH ROW
    WHEN (OLD.minted > 0 AND OLD.print_run < coalesce(NEW.print_run, OLD.print_run + 1))
    EXECUTE FUNCTION cards_refuse_print_run();
