-- The ledger's posting: the one place where moves are written and balances change.
-- Refusals carry SQLSTATE AP0xx; the DETAIL holds the numbers the sentence needs.
-- Only functions stand here: a migration that changes one runs the whole file again.

-- Whoever changes balances or reservations of a package holds the package first, until the act
-- ends, and several packages in the order of their ids. Acts on one package follow each other and
-- nobody can wait in a circle, whatever lots they touch and in whatever order. It costs little:
-- most of them meet on the lot that expires first anyway.
CREATE OR REPLACE FUNCTION stock_hold(p_pharmacy bigint, p_packages bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_package bigint;
BEGIN
    FOR v_package IN SELECT DISTINCT p FROM unnest(p_packages) AS p ORDER BY p LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('stock ' || v_package, p_pharmacy));
    END LOOP;
END $$;

-- Post the lines of one act in their order, once per key. A line is
--   {"from": place, "to": place, "lot": lot, "quantity": "30.000", "reason": text,
--    "fill": id?, "reservation": id?, "reverses": move?}
-- Returns the number of moves written; 0 when the key was posted before (nothing is done twice).
CREATE OR REPLACE FUNCTION stock_post(
    p_pharmacy bigint, p_key text, p_by bigint, p_witness bigint,
    p_happened_at timestamptz, p_recorded_at timestamptz, p_today date, p_lines jsonb
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_posting bigint;
    v_line record;
    v_count integer := 0;
BEGIN
    PERFORM stock_hold(p_pharmacy, (
        SELECT array_agg(o.package_id)
        FROM jsonb_to_recordset(p_lines) AS l(lot bigint)
        JOIN stock_lot o ON o.id = l.lot AND o.pharmacy_id = p_pharmacy));
    INSERT INTO stock_posting (pharmacy_id, key, by_id, witness_id, happened_at, recorded_at)
    VALUES (p_pharmacy, p_key, p_by, p_witness, p_happened_at, p_recorded_at)
    ON CONFLICT (pharmacy_id, key) DO NOTHING RETURNING id INTO v_posting;
    IF v_posting IS NULL THEN
        RETURN 0;
    END IF;

    -- A row for each side, so that there is something to lock.
    INSERT INTO stock_balance (pharmacy_id, place_id, lot_id, on_hand, reserved, outside)
    SELECT DISTINCT p_pharmacy, s.place, s.lot, 0, 0, p.kind IN ('supplier', 'over_short')
    FROM jsonb_to_recordset(p_lines) AS l("from" bigint, "to" bigint, lot bigint),
         LATERAL (VALUES (l."from", l.lot), (l."to", l.lot)) AS s(place, lot)
    JOIN stock_place p ON p.id = s.place AND p.pharmacy_id = p_pharmacy
    JOIN stock_lot o ON o.id = s.lot AND o.pharmacy_id = p_pharmacy
    WHERE NOT EXISTS (SELECT 1 FROM stock_balance b
                      WHERE b.place_id = s.place AND b.lot_id = s.lot)
    ORDER BY 2, 3
    ON CONFLICT (place_id, lot_id) DO NOTHING;

    -- Every balance this act touches, locked in one fixed order.
    PERFORM 1 FROM stock_balance b
    WHERE b.pharmacy_id = p_pharmacy AND (b.place_id, b.lot_id) IN (
        SELECT s.place, s.lot
        FROM jsonb_to_recordset(p_lines) AS l("from" bigint, "to" bigint, lot bigint),
             LATERAL (VALUES (l."from", l.lot), (l."to", l.lot)) AS s(place, lot))
    ORDER BY b.place_id, b.lot_id FOR UPDATE;

    FOR v_line IN
        -- After the locks: a place that was shut meanwhile is seen as shut.
        SELECT l.*, f.kind AS from_kind, t.kind AS to_kind, o.state AS lot_state, o.expires_on,
               o.number AS lot_number, t.closed_at AS to_closed_at, t.name AS to_name
        FROM ROWS FROM (jsonb_to_recordset(p_lines) AS (
            "from" bigint, "to" bigint, lot bigint, quantity numeric(12, 3), reason text,
            fill bigint, reservation bigint, reverses bigint)) WITH ORDINALITY
            AS l("from", "to", lot, quantity, reason, fill, reservation, reverses, turn)
        LEFT JOIN stock_place f ON f.id = l."from" AND f.pharmacy_id = p_pharmacy
        LEFT JOIN stock_place t ON t.id = l."to" AND t.pharmacy_id = p_pharmacy
        LEFT JOIN stock_lot o ON o.id = l.lot AND o.pharmacy_id = p_pharmacy
        -- As given: a line may take what one before it has brought.
        ORDER BY l.turn
    LOOP
        IF v_line.to_closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'place % is closed', v_line.to_name USING ERRCODE = 'AP009',
                DETAIL = v_line.to_name;
        END IF;
        PERFORM stock_post_line(p_pharmacy, v_posting, p_recorded_at, p_today, v_line."from",
            v_line."to", v_line.lot, v_line.quantity, v_line.reason, v_line.fill,
            v_line.reservation, v_line.reverses, v_line.from_kind, v_line.to_kind,
            v_line.lot_state, v_line.expires_on, v_line.lot_number);
        v_count := v_count + 1;
    END LOOP;
    IF v_count = 0 THEN
        RAISE EXCEPTION 'an act without moves' USING ERRCODE = 'AP001';
    END IF;
    RETURN v_count;
END $$;

CREATE OR REPLACE FUNCTION stock_post_line(
    p_pharmacy bigint, p_posting bigint, p_at timestamptz, p_today date, p_from bigint,
    p_to bigint, p_lot bigint, p_quantity numeric, p_reason text, p_fill bigint,
    p_reservation bigint, p_reverses bigint, p_from_kind text, p_to_kind text,
    p_lot_state text, p_expires_on date, p_lot_number text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_freed numeric := 0;
    v_left numeric;
BEGIN
    IF p_from_kind IS NULL OR p_to_kind IS NULL OR p_lot_state IS NULL THEN
        RAISE EXCEPTION 'unknown place or lot' USING ERRCODE = 'AP002';
    END IF;
    IF p_quantity IS NULL OR p_quantity <= 0 OR p_from = p_to THEN
        RAISE EXCEPTION 'a move needs a quantity above zero and two places'
            USING ERRCODE = 'AP003';
    END IF;
    -- Towards a patient nothing goes that is expired or quarantined, by whatever path.
    IF p_to_kind IN ('will_call', 'patient') THEN
        IF p_lot_state <> 'available' THEN
            RAISE EXCEPTION 'lot % is quarantined', p_lot_number USING ERRCODE = 'AP004',
                DETAIL = p_lot_number;
        END IF;
        IF p_expires_on < p_today THEN
            RAISE EXCEPTION 'lot % expired on %', p_lot_number, p_expires_on
                USING ERRCODE = 'AP005', DETAIL = p_lot_number || ' ' || p_expires_on;
        END IF;
    END IF;
    IF p_reservation IS NOT NULL THEN
        UPDATE stock_reservation SET state = 'posted', settled_at = p_at
        WHERE id = p_reservation AND pharmacy_id = p_pharmacy AND state = 'pending'
          AND place_id = p_from AND lot_id = p_lot AND quantity = p_quantity
          AND fill_id = p_fill
        RETURNING quantity INTO v_freed;
        IF v_freed IS NULL THEN
            RAISE EXCEPTION 'reservation % is not pending for this', p_reservation
                USING ERRCODE = 'AP006';
        END IF;
    END IF;
    UPDATE stock_balance SET on_hand = on_hand - p_quantity, reserved = reserved - v_freed
    WHERE place_id = p_from AND lot_id = p_lot
      AND (outside OR on_hand - p_quantity >= reserved - v_freed)
    RETURNING on_hand INTO v_left;
    IF v_left IS NULL THEN
        RAISE EXCEPTION 'not enough of lot %', p_lot_number USING ERRCODE = 'AP007',
            DETAIL = p_lot_number;
    END IF;
    UPDATE stock_balance SET on_hand = on_hand + p_quantity
    WHERE place_id = p_to AND lot_id = p_lot;
    INSERT INTO stock_move (pharmacy_id, posting_id, from_place_id, to_place_id, lot_id,
                            quantity, reason, fill_id, reservation_id, reverses_id)
    VALUES (p_pharmacy, p_posting, p_from, p_to, p_lot, p_quantity, p_reason, p_fill,
            p_reservation, p_reverses);
END $$;

-- Give back what a fill has reserved, and no longer want anything for it; returns how many
-- reservations were voided.
CREATE OR REPLACE FUNCTION stock_void(p_pharmacy bigint, p_fill bigint, p_at timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_row record;
    v_count integer := 0;
BEGIN
    PERFORM stock_hold(p_pharmacy, (
        SELECT array_agg(o.package_id) FROM stock_reservation r JOIN stock_lot o ON o.id = r.lot_id
        WHERE r.pharmacy_id = p_pharmacy AND r.fill_id = p_fill AND r.state = 'pending'));
    FOR v_row IN
        SELECT r.id, r.place_id, r.lot_id FROM stock_reservation r
        WHERE r.pharmacy_id = p_pharmacy AND r.fill_id = p_fill AND r.state = 'pending'
        ORDER BY r.place_id, r.lot_id
    LOOP
        PERFORM 1 FROM stock_balance
        WHERE place_id = v_row.place_id AND lot_id = v_row.lot_id FOR UPDATE;
        WITH voided AS (
            UPDATE stock_reservation SET state = 'voided', settled_at = p_at
            WHERE id = v_row.id AND state = 'pending' RETURNING quantity
        )
        UPDATE stock_balance SET reserved = reserved - voided.quantity FROM voided
        WHERE place_id = v_row.place_id AND lot_id = v_row.lot_id;
        v_count := v_count + 1;
    END LOOP;
    DELETE FROM stock_wanted WHERE pharmacy_id = p_pharmacy AND fill_id = p_fill;
    RETURN v_count;
END $$;

-- What a step of a fill does to the ledger, from what the ledger itself knows of the fill:
--   post    its pending reservations go from the shelf into will-call; they must be p_quantity
--   sell    what it has in will-call goes to the patient
--   return  what it has in will-call goes back to where it came from, naming each original move
-- Returns the number of moves; 0 when the key was posted before.
CREATE OR REPLACE FUNCTION stock_settle(
    p_pharmacy bigint, p_fill bigint, p_effect text, p_quantity numeric, p_key text,
    p_by bigint, p_happened_at timestamptz, p_recorded_at timestamptz, p_today date
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_lines jsonb;
    v_sum numeric;
    v_will_call bigint;
    v_patient bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM stock_posting WHERE pharmacy_id = p_pharmacy AND key = p_key) THEN
        RETURN 0;
    END IF;
    SELECT min(id) FILTER (WHERE kind = 'will_call'), min(id) FILTER (WHERE kind = 'patient')
    INTO v_will_call, v_patient
    FROM stock_place WHERE pharmacy_id = p_pharmacy AND kind IN ('will_call', 'patient');

    IF p_effect = 'post' THEN
        SELECT jsonb_agg(jsonb_build_object(
                   'from', r.place_id, 'to', v_will_call, 'lot', r.lot_id,
                   'quantity', r.quantity, 'reason', 'filled', 'fill', p_fill,
                   'reservation', r.id) ORDER BY r.place_id, r.lot_id),
               sum(r.quantity)
        INTO v_lines, v_sum
        FROM stock_reservation r
        WHERE r.pharmacy_id = p_pharmacy AND r.fill_id = p_fill AND r.state = 'pending';
    ELSIF p_effect IN ('sell', 'return') THEN
        SELECT jsonb_agg(CASE WHEN p_effect = 'sell' THEN jsonb_build_object(
                   'from', v_will_call, 'to', v_patient, 'lot', m.lot_id,
                   'quantity', m.quantity, 'reason', 'sold', 'fill', p_fill)
               ELSE jsonb_build_object(
                   'from', m.to_place_id, 'to', m.from_place_id, 'lot', m.lot_id,
                   'quantity', m.quantity, 'reason', 'returned to stock', 'fill', p_fill,
                   'reverses', m.id)
               END ORDER BY m.to_place_id, m.lot_id),
               sum(m.quantity)
        INTO v_lines, v_sum
        FROM stock_move m
        WHERE m.pharmacy_id = p_pharmacy AND m.fill_id = p_fill
          AND m.to_place_id = v_will_call AND m.reason = 'filled'
          AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.reverses_id = m.id)
          AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.pharmacy_id = p_pharmacy
                          AND x.fill_id = p_fill AND x.reason = 'sold' AND x.lot_id = m.lot_id);
    ELSE
        RAISE EXCEPTION 'unknown effect %', p_effect USING ERRCODE = 'AP001';
    END IF;
    IF v_sum IS NULL OR v_sum <> p_quantity THEN
        RAISE EXCEPTION 'the ledger holds % for this fill, not %', coalesce(v_sum, 0), p_quantity
            USING ERRCODE = 'AP008', DETAIL = coalesce(v_sum, 0) || ' ' || p_quantity;
    END IF;
    RETURN stock_post(p_pharmacy, p_key, p_by, NULL, p_happened_at, p_recorded_at, p_today,
                      v_lines);
END $$;
