-- Promising stock to a fill. Refusals carry SQLSTATE AP0xx, as those of the posting do.

-- Draw a quantity of a package for a fill, first expired first out, from as many lots as it
-- takes. Only lots that are available and good until p_good_until are seen, and only places of
-- p_programme. p_first_lot, when given, is drawn first. The caller holds the package and has
-- given back what was promised.
-- Returns what was drawn; less than p_quantity means that the caller must void it all.
CREATE OR REPLACE FUNCTION stock_draw(
    p_pharmacy bigint, p_fill bigint, p_package bigint, p_quantity numeric,
    p_at timestamptz, p_good_until date, p_first_lot bigint, p_programme text
) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    v_chosen bigint[];
    v_there numeric;
    v_left numeric := p_quantity;
    v_take numeric;
    v_row record;
BEGIN
    IF p_quantity IS NULL OR p_quantity <= 0 THEN
        RAISE EXCEPTION 'a reservation needs a quantity above zero' USING ERRCODE = 'AP003';
    END IF;
    SELECT array_agg(c.id ORDER BY c.running) FILTER (WHERE c.running - c.free < p_quantity),
           max(c.running)
    INTO v_chosen, v_there
    FROM (
        SELECT b.id, b.on_hand - b.reserved AS free,
               sum(b.on_hand - b.reserved) OVER (
                   ORDER BY (l.id = p_first_lot) DESC NULLS LAST,
                            l.expires_on, l.id, b.place_id) AS running
        FROM stock_lot l
        JOIN stock_balance b ON b.lot_id = l.id AND b.pharmacy_id = p_pharmacy
        JOIN stock_place p ON p.id = b.place_id
        WHERE l.pharmacy_id = p_pharmacy AND l.package_id = p_package
          AND l.state = 'available' AND l.expires_on >= p_good_until
          AND p.kind IN ('shelf', 'robot', 'vault') AND p.programme = p_programme
          AND b.on_hand > b.reserved
    ) c;
    IF coalesce(v_there, 0) < p_quantity THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM stock_balance WHERE id = ANY (v_chosen)
    ORDER BY place_id, lot_id FOR UPDATE;
    FOR v_row IN
        -- Looked at again under the lock of the row.
        SELECT b.id, b.place_id, b.lot_id, b.on_hand - b.reserved AS free
        FROM unnest(v_chosen) WITH ORDINALITY AS chosen(id, place)
        JOIN stock_balance b ON b.id = chosen.id
        JOIN stock_lot l ON l.id = b.lot_id AND l.state = 'available'
        ORDER BY chosen.place
    LOOP
        v_take := least(v_left, v_row.free);
        CONTINUE WHEN v_take <= 0;
        UPDATE stock_balance SET reserved = reserved + v_take WHERE id = v_row.id;
        INSERT INTO stock_reservation
            (pharmacy_id, fill_id, place_id, lot_id, quantity, good_until, state, made_at)
        VALUES (p_pharmacy, p_fill, v_row.place_id, v_row.lot_id, v_take, p_good_until,
                'pending', p_at);
        v_left := v_left - v_take;
    END LOOP;
    RETURN p_quantity - v_left;
END $$;

-- What a fill asked for in vain: who orders reads it, since a kept package may be ordered on
-- demand only. It stands until the fill gets the package or gives it up (`stock_void`).
CREATE OR REPLACE FUNCTION stock_want(
    p_pharmacy bigint, p_fill bigint, p_package bigint, p_quantity numeric, p_at timestamptz,
    p_programme text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stock_wanted (pharmacy_id, fill_id, package_id, programme, quantity, asked_at)
    VALUES (p_pharmacy, p_fill, p_package, p_programme, p_quantity, p_at)
    ON CONFLICT (pharmacy_id, fill_id, package_id) DO UPDATE
        SET programme = excluded.programme, quantity = excluded.quantity,
            asked_at = excluded.asked_at;
END $$;

-- Promise a quantity of a package to a fill: all or nothing. What the fill had reserved before
-- is given back first. Returns the quantity reserved: p_quantity or 0.
CREATE OR REPLACE FUNCTION stock_reserve(
    p_pharmacy bigint, p_fill bigint, p_package bigint, p_quantity numeric,
    p_at timestamptz, p_good_until date, p_first_lot bigint, p_programme text DEFAULT 'own'
) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
    PERFORM stock_hold(p_pharmacy, ARRAY[p_package]);
    PERFORM stock_void(p_pharmacy, p_fill, p_at);
    IF stock_draw(p_pharmacy, p_fill, p_package, p_quantity, p_at, p_good_until, p_first_lot,
                  p_programme) = p_quantity THEN
        RETURN p_quantity;
    END IF;
    PERFORM stock_void(p_pharmacy, p_fill, p_at);
    PERFORM stock_want(p_pharmacy, p_fill, p_package, p_quantity, p_at, p_programme);
    RETURN 0;
END $$;

-- Promise several packages to one fill, the ingredients of a compound: all of them or nothing.
-- A line is {"package": id, "quantity": "30.000"}, with its "programme" where that is another
-- than p_programme; p_first_lot is drawn first of its package.
-- Returns the sum of the quantities reserved, in whatever units, or 0.
CREATE OR REPLACE FUNCTION stock_reserve_all(
    p_pharmacy bigint, p_fill bigint, p_lines jsonb, p_at timestamptz, p_good_until date,
    p_first_lot bigint, p_programme text DEFAULT 'own'
) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    v_line record;
    v_sum numeric := 0;
BEGIN
    PERFORM stock_hold(p_pharmacy, (
        SELECT array_agg(l.package) FROM jsonb_to_recordset(p_lines) AS l(package bigint)));
    PERFORM stock_void(p_pharmacy, p_fill, p_at);
    FOR v_line IN
        SELECT l.package, l.quantity, coalesce(l.programme, p_programme) AS programme
        FROM jsonb_to_recordset(p_lines)
            AS l(package bigint, quantity numeric(12, 3), programme text)
        ORDER BY l.package
    LOOP
        IF stock_draw(p_pharmacy, p_fill, v_line.package, v_line.quantity, p_at, p_good_until,
                      p_first_lot, v_line.programme) < v_line.quantity THEN
            PERFORM stock_void(p_pharmacy, p_fill, p_at);
            PERFORM stock_want(p_pharmacy, p_fill, l.package, l.quantity, p_at,
                               coalesce(l.programme, p_programme))
            FROM jsonb_to_recordset(p_lines)
                AS l(package bigint, quantity numeric(12, 3), programme text);
            RETURN 0;
        END IF;
        v_sum := v_sum + v_line.quantity;
    END LOOP;
    RETURN v_sum;
END $$;
