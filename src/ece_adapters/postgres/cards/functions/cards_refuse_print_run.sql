-- Refuses to raise or remove a print run of which copies exist.
CREATE OR REPLACE FUNCTION cards_refuse_print_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(
        'cards.print-run-fixed', jsonb_build_object('print_run', OLD.print_run, 'minted', OLD.minted)
    );
    RETURN NULL;
END $$;
