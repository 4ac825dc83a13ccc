"""Conditions in families: the texts of one group say the same, those of two groups of a family do not say the same.

"Say the same" is as far as a text's shape tells: who reckons (`a > 0` is `a >= 1` for whole numbers) finds more.
PostgreSQL is the referee of the groups in `tests.oracle.test_meaning`.

Example: `("a <> 1", "NOT a = 1")` is a group, of a family in which `("a IS DISTINCT FROM 1",)` is another one.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = "things"

VALUES: Final = {
    "a integer": "0, 1, -1, 2, 3, 5, 10, NULL",
    "b integer": "0, 1, -2, 3, NULL",
    "c bigint": "1, 2, 5, NULL",
    "n numeric(10, 2)": "0, 1.5, 2.25, -3, NULL",
    "d double precision": "0, 0.5, 0.05, 1000, 'NaN', 'Infinity', NULL",
    "s text": "'', ' ', 'x', 'X', 'y', 'z', 'it''s', 'abc', 'Abc', '@x', NULL",
    "t text": "'x', 'y', 'abc', NULL",
    "v varchar(20)": "'x', '', 'y', NULL",
    "ch char(3)": "'abc', 'x', NULL",
    "f boolean": "true, false, NULL",
    "g boolean": "true, false, NULL",
    "ts timestamptz": "now(), now() + '1 hour', '1999-01-01', '2020-01-01 05:00+00', '2030-01-01', NULL",
    "tp timestamp": "now(), '1999-01-01', '2030-01-05 04:00', NULL",
    "dt date": "current_date, '2020-01-02', '2019-01-01', '2033-01-01', NULL",
    "j jsonb": """'{"k": "v", "a": 1, "n": 5}', '{"K": "v", "a": {"b": "v"}}', '[1, 2]', '["k"]', NULL""",
    "jj json": "'{}', '[]', NULL",
    "arr text[]": "'{x}', '{}', '{y,x}', '{a,b,c}', NULL",
    "va varchar(10)[]": "'{x}', '{z}', NULL",
    "ia integer[]": "'{1,2}', '{0,5}', NULL",
    "u uuid": "'00000000-0000-0000-0000-000000000000', '10000000-0000-0000-0000-000000000000', NULL",
    "e mood": "'sad', 'happy', NULL",
    '"Camel" text': "'x', 'y', NULL",
    '"order" integer': "0, 1, NULL",
    "iv interval": "'0', '30 minutes', '2 hours', NULL",
    "r int4range": "'[1,9]', '[7,8]', 'empty', NULL",
}
"""The columns of the table, in DDL, and what may be in them."""

FAMILIES: Final[tuple[tuple[tuple[str, ...], ...], ...]] = (
    (
        (
            "s IN ('x','y')",
            "s in ('x', 'y')",
            "s = ANY (ARRAY['x','y'])",
            "s = ANY(ARRAY['x'::text, 'y'::text])",
            "s = any('{x,y}')",
            "s = ANY ('{x,y}'::text[])",
            "s = SOME (ARRAY['x','y'])",
            "s = 'x' OR s = 'y'",
            "(s)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])",
        ),
        ("s IN ('x','z')",),
        (
            "s IN ('x')",
            "s = 'x'",
        ),
    ),
    (
        (
            "v IN ('x','y')",
            "v = ANY (ARRAY['x','y'])",
            "v::text IN ('x','y')",
            "(v)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])",
            "CAST(v AS text) IN ('x','y')",
            "v IN ('x'::varchar,'y'::varchar)",
            "v = 'x' OR v = 'y'",
            "cast(v as varchar) in ('x','y')",
        ),
        ("v::varchar(5) IN ('x','y')",),
    ),
    (
        (
            "s NOT IN ('x','y')",
            "NOT (s IN ('x','y'))",
            "NOT s IN ('x', 'y')",
            "s <> ALL (ARRAY['x','y'])",
            "s <> 'x' AND s <> 'y'",
            "s != ALL (ARRAY['x'::text,'y'::text])",
            "s <> ALL ('{x,y}'::text[])",
            "NOT (s = ANY (ARRAY['x','y']))",
        ),
        ("s <> ANY (ARRAY['x','y'])",),
    ),
    (
        (
            "e IN ('sad','ok')",
            "e = ANY (ARRAY['sad'::mood, 'ok'::mood])",
            "e = 'sad'::mood OR e = 'ok'::mood",
            "e = 'sad' OR e='ok'",
            "e::text IN ('sad','ok')",
            "(e)::text = ANY (ARRAY['sad'::text,'ok'::text])",
        ),
    ),
    (
        (
            "a IN (1,2,3)",
            "a = ANY (ARRAY[1,2,3])",
            "a = ANY('{1,2,3}'::int[])",
        ),
        (
            "a BETWEEN 1 AND 3",
            "a >= 1 AND a <= 3",
        ),
        ("a between symmetric 1 and 3",),
        (
            "a NOT BETWEEN 1 AND 3",
            "NOT (a BETWEEN 1 AND 3)",
            "a < 1 OR a > 3",
        ),
    ),
    (
        (
            "a > 0",
            "(a > 0)",
            "((a)) > (0)",
            "a>0",
            "0 < a",
            "A > 0",
            '"a" > 0',
            "things.a > 0",
            '"things"."a" > 0',
            "a > 0::integer",
            "a > '0'",
            "a > '0'::integer",
            "a > CAST(0 AS integer)",
            "a > +0",
            "NOT a <= 0",
            "a > 0::bigint",
            "a > 0.0",
            "a > -0",
        ),
        ("a >= 0",),
    ),
    (
        (
            "a <> 1",
            "a != 1",
            "NOT a = 1",
            "NOT (a = 1)",
            "a<>1",
            "1 <> a",
        ),
        ("a IS DISTINCT FROM 1",),
    ),
    (
        (
            "n > 0",
            "n > 0.0",
            "n > 0.00",
            "n > 0::numeric",
            "n > (0)::numeric",
            "n > '0'",
            "n > '0'::numeric",
            "n > 0e0",
            "n::numeric > 0",
            "n > .0",
        ),
        ("n >= 0",),
    ),
    (
        (
            "d > 0.5",
            "d > .5",
            "d > 0.50",
            "d > 5e-1",
            "d > 0.5::double precision",
            "d > '0.5'::double precision",
            "d > (0.5)::float8",
        ),
        ("d > 1/2",),
        ("d > 0.05",),
    ),
    (
        (
            "d <= 1e3",
            "d <= 1000",
            "d <= 1000.0",
            "d <= 1E3",
            "d <= 1e+3",
            "d<= (1000)::double precision",
        ),
    ),
    (
        (
            "n * 1.0 > 2",
            "1.0 * n > 2",
            "n * 1 > 2",
        ),
        ("n > 2",),
    ),
    (
        (
            "a + b > 1",
            "b + a > 1",
            "(a + b) > 1",
            "a + (b) > 1",
            "a+b>1",
            "1 < a + b",
        ),
        ("a - b > 1",),
        ("b - a > 1",),
    ),
    (
        (
            "a + b + c > 1",
            "a + (b + c) > 1",
            "(a + b) + c > 1",
            "c + a + b > 1",
        ),
    ),
    (
        (
            "a - b - c > 1",
            "(a - b) - c > 1",
        ),
        ("a - (b - c) > 1",),
    ),
    (
        (
            "a * b / c > 1",
            "(a * b) / c > 1",
        ),
        ("a * (b / c) > 1",),
    ),
    (
        (
            "a % 2 = 0",
            "mod(a, 2) = 0",
            "(a % 2) = 0",
            "a%2=0",
            "MOD(a,2)=0",
        ),
        ("a % 2 = 1",),
    ),
    (
        (
            "a ^ 2 > 4",
            "power(a, 2) > 4",
            "pow(a,2) > 4",
        ),
        ("a*a > 4",),
    ),
    (
        (
            "-a > 1",
            "- a > 1",
            "(-a) > 1",
        ),
        ("a < -1",),
        ("0 - a > 1",),
        ("a > -1",),
    ),
    (
        (
            "a = -1",
            "a = (-1)",
            "a = '-1'::integer",
            "a = - 1",
            "a = (- 1)",
        ),
        ("a = 1",),
    ),
    (
        (
            "f",
            "f = true",
            "f = 't'",
            "(f)",
            "f = TRUE",
            "true = f",
            "f = 'true'",
            "f != false",
            "NOT NOT f",
            "f = '1'::boolean",
        ),
        ("f IS TRUE",),
        ("f IS NOT FALSE",),
        ("f IS NOT NULL",),
    ),
    (
        (
            "NOT f",
            "f = false",
            "not(f)",
            "f <> true",
            "f = 'f'",
            "f != TRUE",
        ),
        ("f IS FALSE",),
        ("f IS NOT TRUE",),
    ),
    (
        (
            "f AND g",
            "g AND f",
            "(f) AND (g)",
            "f AND (g)",
            "f = true AND g = true",
            "NOT (NOT f OR NOT g)",
        ),
        ("f OR g",),
    ),
    (
        (
            "f AND g OR a > 0",
            "(f AND g) OR a > 0",
            "a > 0 OR f AND g",
        ),
        ("f AND (g OR a > 0)",),
    ),
    (
        (
            "f OR g AND a > 0",
            "f OR (g AND a > 0)",
        ),
        ("(f OR g) AND a > 0",),
    ),
    (
        (
            "f = g",
            "g = f",
        ),
        ("f IS NOT DISTINCT FROM g",),
        ("f <> g",),
        ("NOT f = NOT g",),
        ("(f AND g) OR (NOT f AND NOT g)",),
        ("f IS DISTINCT FROM g",),
    ),
    (
        (
            "a > 0 AND a > 0",
            "a > 0",
        ),
    ),
    (
        (
            "(a > 0) = (b > 0)",
            "(b > 0) = (a > 0)",
        ),
        ("(a > 0) IS NOT DISTINCT FROM (b > 0)",),
    ),
    (
        ("(a IS NULL) = (b IS NULL)",),
        (
            "(a IS NULL) <> (b IS NULL)",
            "(a IS NULL) != (b IS NULL)",
        ),
        ("a IS NULL AND b IS NULL",),
        ("(a IS NOT NULL) = (b IS NOT NULL)",),
    ),
    (
        (
            "(a IS NOT NULL)::int + (b IS NOT NULL)::int = 1",
            "CAST((a IS NOT NULL) AS integer) + CAST((b IS NOT NULL) AS integer) = 1",
            "((a IS NOT NULL)::integer + (b IS NOT NULL)::integer) = 1",
        ),
        (
            "num_nonnulls(a, b) = 1",
            "1 = num_nonnulls(a,b)",
        ),
        ("num_nulls(a,b) = 1",),
    ),
    (
        (
            "a IS NULL",
            "a isnull",
            "a is null",
            "(a IS NULL)",
            "a IS NOT DISTINCT FROM NULL",
            "NOT a IS NOT NULL",
        ),
        (
            "a IS NOT NULL",
            "a NOTNULL",
            "NOT a IS NULL",
            "NOT (a IS NULL)",
        ),
    ),
    (
        (
            "s <> ''",
            "s != ''",
            "s <> ''::text",
            "s <> E''",
            "'' <> s",
        ),
        ("s > ''",),
        (
            "length(s) > 0",
            "char_length(s) > 0",
            "LENGTH(s) > 0",
            "character_length(s) > 0",
        ),
        ("s <> ' '",),
    ),
    (
        (
            "length(s) > 0",
            "char_length(s) > 0",
        ),
        ("length(s) >= 1",),
        ("octet_length(s) > 0",),
    ),
    (
        (
            "v <> ''",
            "(v)::text <> ''::text",
            "v::text != ''",
            "v <> ''::varchar",
            "CAST(v AS VARCHAR) <> ''",
        ),
    ),
    (
        (
            "s = 'it''s'",
            "s = E'it\\'s'",
            "s = 'it''s'::text",
            "s = $$it's$$",
        ),
        ("s = 'its'",),
    ),
    (
        (
            "s LIKE 'a%'",
            "s ~~ 'a%'",
            "s like 'a%'",
            "s ~~ 'a%'::text",
            "s LIKE 'a%' ESCAPE '\\'",
        ),
        (
            "s ILIKE 'a%'",
            "s ~~* 'a%'",
        ),
        (
            "s NOT LIKE 'a%'",
            "s !~~ 'a%'",
            "NOT s LIKE 'a%'",
            "NOT (s ~~ 'a%')",
        ),
        ("s LIKE 'A%'",),
        ("s SIMILAR TO 'a%'",),
    ),
    (
        (
            "s ILIKE '%x'",
            "s ~~* '%x'",
            "s ILIKE '%x'::text",
        ),
        (
            "s NOT ILIKE '%x'",
            "s !~~* '%x'",
        ),
    ),
    (
        (
            "s ~ '^[a-z]+$'",
            "s ~ '^[a-z]+$'::text",
            "(s ~ '^[a-z]+$')",
            "regexp_like(s, '^[a-z]+$')",
        ),
        ("s ~* '^[a-z]+$'",),
        (
            "s !~ '^[a-z]+$'",
            "NOT s ~ '^[a-z]+$'",
        ),
        ("s SIMILAR TO '[a-z]+'",),
    ),
    (
        (
            "v ~ '^x'",
            "(v)::text ~ '^x'::text",
            "v::text ~ '^x'",
        ),
    ),
    (
        (
            "s || t = 'xy'",
            "(s || t) = 'xy'",
            "s||t='xy'",
            "(s || t) = 'xy'::text",
        ),
        ("concat(s, t) = 'xy'",),
        ("t || s = 'xy'",),
    ),
    (
        (
            "s || ' ' || t = 'x'",
            "s || (' ' || t) = 'x'",
            "((s || ' '::text) || t) = 'x'",
        ),
        ("concat_ws(' ', s, t) = 'x'",),
    ),
    (
        (
            "lower(s) = s",
            "LOWER(s) = s",
            "s = lower(s)",
            "Lower ( s ) = s",
            "lower(s::text) = s",
            '"lower"(s) = s',
        ),
        ("upper(s) = s",),
    ),
    (
        (
            "lower(v) = v",
            "lower((v)::text) = (v)::text",
            "lower(v::text) = v",
            "lower(CAST(v AS text)) = v",
        ),
    ),
    (
        (
            "trim(s) = s",
            "btrim(s) = s",
            "TRIM(BOTH FROM s) = s",
            "TRIM(s) = s",
        ),
        (
            "trim(both ' ' from s) = s",
            "btrim(s, ' ') = s",
        ),
        (
            "ltrim(s) = s",
            "TRIM(LEADING FROM s) = s",
        ),
        (
            "rtrim(s) = s",
            "trim(trailing from s) = s",
        ),
    ),
    (
        (
            "substring(s from 1 for 2) = 'ab'",
            "substring(s, 1, 2) = 'ab'",
            "substr(s, 1, 2) = 'ab'",
            "SUBSTRING(s FROM 1 FOR 2) = 'ab'",
            "\"substring\"(s, 1, 2) = 'ab'",
        ),
        (
            "left(s, 2) = 'ab'",
            "\"left\"(s, 2) = 'ab'",
        ),
        ("substring(s from 2) = 'ab'",),
    ),
    (
        (
            "position('@' in s) > 1",
            "strpos(s, '@') > 1",
            "POSITION('@' IN s) > 1",
            "POSITION(('@'::text) IN (s)) > 1",
        ),
        ("position('x' in s) > 1",),
    ),
    (
        (
            "s = 'a' COLLATE \"C\"",
            "s = ('a' COLLATE \"C\")",
        ),
        ("s COLLATE \"C\" = 'a'",),
        ("s = 'a'",),
    ),
    (
        (
            "coalesce(s, '') <> ''",
            "COALESCE(s, '') <> ''",
            "COALESCE(s, ''::text) <> ''::text",
        ),
        ("nullif(s, '') is not null",),
        ("coalesce(s, 'x') <> ''",),
        ("CASE WHEN s IS NULL THEN '' ELSE s END <> ''",),
    ),
    (
        (
            "nullif(a, 0) is not null",
            "NULLIF(a, 0) IS NOT NULL",
            "NULLIF(a,0) NOTNULL",
        ),
        ("a <> 0",),
    ),
    (
        (
            "greatest(a, b) > 0",
            "GREATEST(a, b) > 0",
        ),
        ("GREATEST(b, a) > 0",),
        ("least(a, b) > 0",),
    ),
    (
        (
            "CASE WHEN a > 0 THEN b > 0 ELSE true END",
            "CASE WHEN (a > 0) THEN (b > 0) ELSE TRUE END",
            "case when a>0 then b>0 else true end",
        ),
        (
            "CASE WHEN a > 0 THEN b > 0 END",
            "CASE WHEN a > 0 THEN (b > 0) ELSE NULL::boolean END",
        ),
        ("a <= 0 OR b > 0",),
        ("CASE WHEN a > 0 THEN b > 0 ELSE false END",),
    ),
    (
        ("CASE a WHEN 1 THEN true ELSE false END",),
        ("CASE WHEN a = 1 THEN true ELSE false END",),
        ("CASE a WHEN 1 THEN true WHEN 2 THEN false END",),
    ),
    (
        (
            "ts > now()",
            "ts > CURRENT_TIMESTAMP",
            "ts > current_timestamp",
            "now() < ts",
            "ts > NOW()",
        ),
        ("ts > transaction_timestamp()",),
        ("ts > statement_timestamp()",),
        ("ts > clock_timestamp()",),
        ("ts > localtimestamp",),
        ("ts > current_timestamp(3)",),
    ),
    (
        (
            "dt > CURRENT_DATE",
            "dt > current_date",
        ),
        (
            "dt > now()::date",
            "dt > CAST(now() AS date)",
            "dt > (CURRENT_TIMESTAMP)::date",
        ),
        ("dt > ('now'::text)::date",),
    ),
    (
        (
            "ts > '2020-01-01'",
            "ts > '2020-01-01'::timestamptz",
            "ts > '2020-01-01 00:00:00+00'",
            "ts > TIMESTAMP WITH TIME ZONE '2020-01-01'",
            "ts > '2020-01-01 00:00:00+00'::timestamp with time zone",
            "ts > timestamptz '2020-01-01'",
        ),
        ("ts > '2020-01-02'",),
    ),
    (
        (
            "dt > '2020-01-01'",
            "dt > DATE '2020-01-01'",
            "dt > '2020-01-01'::date",
            "dt > date('2020-01-01')",
            "dt > CAST('2020-01-01' AS DATE)",
            "dt > '2020-1-1'",
        ),
        ("dt > to_date('2020-01-01', 'YYYY-MM-DD')",),
    ),
    (
        (
            "ts + interval '1 day' > ts",
            "ts + '1 day'::interval > ts",
            "ts + INTERVAL '1' DAY > ts",
            "(ts + '1 day'::interval) > ts",
            "ts + '1 days'::interval > ts",
            "ts + '1 day' > ts",
            "ts < ts + interval '1 day'",
        ),
        ("ts + interval '24 hours' > ts",),
        ("ts + make_interval(days => 1) > ts",),
    ),
    (
        (
            "iv > interval '0'",
            "iv > '00:00:00'::interval",
            "iv > interval '0 seconds'",
            "iv > '0'",
        ),
        (
            "iv > interval '1 hour'",
            "iv > '01:00:00'",
        ),
    ),
    (
        (
            "extract(year from dt) > 2000",
            "EXTRACT(YEAR FROM dt) > 2000",
            "date_part('year', dt) > 2000",
            "extract('year' from dt) > 2000",
            "EXTRACT(year FROM dt) > (2000)::numeric",
        ),
        ("extract(month from dt) > 2000",),
    ),
    (
        (
            "date_trunc('month', tp) = tp",
            "date_trunc('month'::text, tp) = tp",
            "DATE_TRUNC('month', tp) = tp",
            "date_trunc('MONTH', tp) = tp",
        ),
        ("date_trunc('day', tp) = tp",),
    ),
    (
        (
            "ts AT TIME ZONE 'UTC' > tp",
            "timezone('UTC', ts) > tp",
            "(ts AT TIME ZONE 'UTC'::text) > tp",
            "timezone('UTC'::text, ts) > tp",
        ),
        ("ts at time zone 'utc' > tp",),
    ),
    (
        (
            "ts >= tp",
            "tp <= ts",
        ),
        ("ts >= tp::timestamptz",),
    ),
    (
        (
            "j ->> 'k' = 'v'",
            "(j ->> 'k') = 'v'",
            "j->>'k'='v'",
            "(j ->> 'k'::text) = 'v'::text",
        ),
        ("j -> 'k' = '\"v\"'",),
        ("jsonb_extract_path_text(j, 'k') = 'v'",),
        ("j ->> 'K' = 'v'",),
    ),
    (
        (
            "j -> 'a' ->> 'b' = 'v'",
            "(j -> 'a') ->> 'b' = 'v'",
            "((j -> 'a'::text) ->> 'b'::text) = 'v'::text",
        ),
        (
            "j #>> '{a,b}' = 'v'",
            "j #>> ARRAY['a','b'] = 'v'",
        ),
    ),
    (
        (
            "j ? 'k'",
            "(j ? 'k'::text)",
        ),
        ("jsonb_exists(j, 'k')",),
        ("j ? 'K'",),
        ("j ?| array['k']",),
    ),
    (
        (
            "j @> '{\"a\": 1}'",
            "j @> '{\"a\": 1}'::jsonb",
            "j @> '{\"a\":1}'",
        ),
        ("'{\"a\": 1}' <@ j",),
        ("j <@ '{\"a\": 1}'",),
        ("j @> '{\"a\": 2}'",),
    ),
    (
        (
            "jsonb_typeof(j) = 'object'",
            "jsonb_typeof(j) = 'object'::text",
            "JSONB_TYPEOF(j) = 'object'",
            "jsonb_typeof(j) IN ('object')",
        ),
        ("json_typeof(jj) = 'object'",),
        ("jsonb_typeof(j) = 'array'",),
    ),
    (
        ("j[0] = '1'",),
        ("j['a'] = '1'",),
        ("(j -> 0) = '1'",),
    ),
    (
        (
            "array_length(arr, 1) > 0",
            "ARRAY_LENGTH(arr, 1) > 0",
            "(array_length(arr,1))>0",
        ),
        ("cardinality(arr) > 0",),
        ("array_length(arr, 1) >= 1",),
        (
            "arr <> '{}'",
            "arr <> ARRAY[]::text[]",
            "arr != '{}'::text[]",
        ),
    ),
    (
        (
            "'x' = ANY(arr)",
            "'x'::text = ANY (arr)",
            "'x' = SOME(arr)",
        ),
        (
            "arr @> ARRAY['x']",
            "arr @> '{x}'",
            "arr @> ARRAY['x'::text]",
        ),
        ("'y' = ANY(arr)",),
        ("'x' <> ALL(arr)",),
    ),
    (
        (
            "ia[1] > 0",
            "(ia[1]) > 0",
        ),
        ("ia[2] > 0",),
    ),
    (
        (
            "arr <@ ARRAY['x','y']",
            "arr <@ ARRAY['x','y']::text[]",
            "arr <@ ARRAY['x'::text,'y'::text]",
            "arr <@ '{x,y}'",
        ),
        ("arr <@ ARRAY['y','x']",),
    ),
    (
        (
            "va <@ ARRAY['x','y']::varchar[]",
            "va <@ CAST(ARRAY['x','y'] AS VARCHAR[])",
        ),
        (
            "va::text[] <@ ARRAY['x','y']",
            "(va)::text[] <@ ARRAY['x'::text, 'y'::text]",
        ),
    ),
    (
        (
            "\"Camel\" = 'x'",
            "things.\"Camel\" = 'x'",
        ),
        ("\"Camel\" <> 'x'",),
    ),
    (
        (
            '"order" > 0',
            'things."order" > 0',
        ),
        ('"order" >= 0',),
    ),
    (
        (
            "a::text = '1'",
            "CAST(a AS text) = '1'",
            "CAST(a AS TEXT) = '1'",
            "(a)::text = '1'::text",
            "a::varchar = '1'",
            "a = 1",
        ),
        ("cast(a as varchar(3)) = '1'",),
    ),
    (
        (
            "a::bigint > 1",
            "CAST(a AS BIGINT) > 1",
            "a::int8 > 1",
        ),
        ("int8(a) > 1",),
        ("a > 1",),
        ("a::smallint > 1",),
    ),
    (
        (
            "round(n, 2) = n",
            "ROUND(n, 2) = n",
            "round(n::numeric, 2) = n",
        ),
        ("round(n) = n",),
        ("round(n, 1) = n",),
        ("trunc(n,2) = n",),
    ),
    (
        (
            "abs(a) < 5",
            "ABS(a) < 5",
        ),
        (
            "@a < 5",
            "@ a < 5",
        ),
        ("a between -4 and 4",),
    ),
    (
        (
            "a & 1 = 1",
            "(a & 1) = 1",
            "1 & a = 1",
        ),
        ("a | 1 = 1",),
        ("a # 1 = 1",),
        ("a & 2 = 2",),
    ),
    (
        (
            "a << 1 > 2",
            "(a << 1) > 2",
        ),
        ("a >> 1 > 2",),
        ("a * 2 > 2",),
    ),
    (
        (
            "u = '00000000-0000-0000-0000-000000000000'",
            "u = '00000000-0000-0000-0000-000000000000'::uuid",
            "u = cast('00000000-0000-0000-0000-000000000000' as uuid)",
        ),
        ("u <> '00000000-0000-0000-0000-000000000000'",),
    ),
    (
        (
            "upper(lower(s)) = 'X'",
            "UPPER(LOWER(s)) = 'X'",
        ),
        ("lower(upper(s)) = 'X'",),
    ),
    (
        ("r @> 5",),
        ("5 <@ r",),
        ("r @> 6",),
        (
            "NOT isempty(r)",
            "not (isempty(r))",
        ),
        ("lower(r) < upper(r)",),
    ),
    (
        (
            "(a, b) = (1, 2)",
            "ROW(a, b) = ROW(1, 2)",
            "a = 1 AND b = 2",
        ),
        ("(a, b) <> (1, 2)",),
        ("(a,b) IS NOT DISTINCT FROM (1,2)",),
    ),
    (
        (
            "(a, b) IN ((1, 2), (3, 4))",
            "ROW(a,b) IN (ROW(1,2), ROW(3,4))",
            "(a, b) = (1, 2) OR (a, b) = (3, 4)",
        ),
    ),
    (
        (
            "md5(s) = t",
            "MD5(s) = t",
            "t = md5(s)",
        ),
        ("md5(t) = s",),
    ),
    (
        (
            "s IS NOT NULL AND t IS NULL OR s IS NULL AND t IS NOT NULL",
            "(s IS NOT NULL AND t IS NULL) OR (s IS NULL AND t IS NOT NULL)",
            "(t IS NOT NULL AND s IS NULL) OR (t IS NULL AND s IS NOT NULL)",
        ),
        ("(s IS NULL) <> (t IS NULL)",),
    ),
    (
        (
            "NOT (a > 0 AND b > 0)",
            "a <= 0 OR b <= 0",
            "NOT a > 0 OR NOT b > 0",
        ),
    ),
    (
        (
            "a IN (1)",
            "a = 1",
            "a = ANY(ARRAY[1])",
            "(a) IN ((1))",
        ),
    ),
    (
        (
            "s = 'x'",
            "s = 'x'::text",
            "s='x'",
            "s = 'x'::varchar",
            "s = cast('x' as text)",
            "s = CAST('x' AS VARCHAR(10))",
            "s = U&'x'",
            "s = ('x')",
        ),
        ("s = 'X'",),
        ("s = 'x '",),
    ),
    (
        (
            "ch = 'abc'",
            "ch = 'abc'::bpchar",
            "ch = 'abc'::char(3)",
            "ch::text = 'abc'",
            "(ch)::bpchar = 'abc'",
        ),
    ),
    (
        (
            "true",
            "TRUE",
            "(true)",
            "'t'::boolean",
        ),
        ("1 = 1",),
        ("false",),
    ),
    (
        (
            "a > 1 -- comment",
            "a > 1 /* why */",
            "a > 1",
            "/* x */ a > 1",
        ),
    ),
    (
        (
            "s IN ('a', 'b', 'a')",
            "s IN ('a', 'b')",
            "s IN ('b','a')",
        ),
    ),
    (
        (
            "s NOT IN ('a')",
            "s <> 'a'",
            "s <> ALL (ARRAY['a'])",
        ),
    ),
    (
        (
            "a = 10",
            "a = 010",
            "a = 1e1",
            "a = 10.0",
        ),
    ),
    (
        (
            "a BETWEEN b AND c",
            "a >= b AND a <= c",
            "b <= a AND c >= a",
            "(a >= b) AND (a <= c)",
        ),
    ),
    (
        (
            "starts_with(s, 'x')",
            "s ^@ 'x'",
            "STARTS_WITH(s,'x')",
        ),
        ("s LIKE 'x%'",),
    ),
    (
        (
            "to_tsvector('english', s) @@ to_tsquery('x')",
            "to_tsvector('english'::regconfig, s) @@ to_tsquery('x')",
        ),
        ("to_tsvector('english', coalesce(s, '')) @@ to_tsquery('x')",),
        ("to_tsvector('simple', s) @@ to_tsquery('x')",),
    ),
    (
        (
            "a IS DISTINCT FROM b",
            "b IS DISTINCT FROM a",
            "NOT (a IS NOT DISTINCT FROM b)",
        ),
        ("a <> b",),
    ),
    (
        (
            "coalesce(f, false)",
            "COALESCE(f, FALSE)",
            "coalesce(f, false) = true",
        ),
        ("f IS TRUE",),
        ("COALESCE(f, false) IS TRUE",),
    ),
    (
        (
            "d = 'NaN'",
            "d = 'NaN'::float8",
            "d = 'nan'::double precision",
        ),
        ("d = 'Infinity'",),
    ),
    (
        (
            "pg_catalog.length(s) > 0",
            "length(s) > 0",
        ),
    ),
    (
        (
            "CAST(j ->> 'n' AS INTEGER) > 0",
            "(j ->> 'n')::int > 0",
            "((j ->> 'n'::text))::integer > 0",
            "(j->>'n')::int4 > 0",
        ),
        ("(j ->> 'n')::numeric > 0",),
    ),
    (
        (
            "s IS NOT NULL",
            "s NOTNULL",
        ),
        ("s <> NULL",),
    ),
    (
        (
            "f IS UNKNOWN",
            "f IS NULL",
        ),
        ("f IS NOT UNKNOWN",),
    ),
    (
        (
            "s > t AND t > s",
            "t > s AND s > t",
        ),
        ("s > t",),
    ),
    (
        (
            's COLLATE "C" > t',
            '(s COLLATE "C") > t',
        ),
        ('s > t COLLATE "C"',),
        ("s > t",),
    ),
    (
        (
            "overlay(s placing 'x' from 1) = s",
            "OVERLAY(s PLACING 'x' FROM 1) = s",
        ),
    ),
    (
        (
            "arr[1:2] = ARRAY['a','b']",
            "arr[1:2] = '{a,b}'",
        ),
        ("arr[1:3] = ARRAY['a','b']",),
    ),
    (
        ("log(n) > 1",),
        ("log(10, n) > 1",),
        ("ln(n) > 1",),
    ),
    (
        (
            "replace(s, 'a', 'b') = s",
            "REPLACE(s,'a','b')=s",
        ),
        ("replace(s, 'b', 'a') = s",),
    ),
    (
        (
            "split_part(s, '@', 2) = 'x'",
            "SPLIT_PART(s, '@', 2)='x'",
        ),
        ("split_part(s, '@', 1) = 'x'",),
    ),
    (
        (
            "ts::date = dt",
            "date(ts) = dt",
            "CAST(ts AS DATE) = dt",
            "(ts)::date = dt",
            "dt = ts::date",
        ),
    ),
    (
        (
            "age(tp) > '1 day'",
            "age(tp) > interval '1 day'",
            "age(tp) > '1 day'::interval",
        ),
        ("age(tp) > '2 days'::interval",),
    ),
    (
        (
            "f::int = 1",
            "CAST(f AS int) = 1",
            "(f)::integer = 1",
        ),
        ("f",),
        ("f::int = 0",),
    ),
    (
        (
            "(a > 0)::int + (b > 0)::int = 1",
            "CAST(a > 0 AS int) + CAST(b > 0 AS int) = 1",
            "(b > 0)::int + (a > 0)::int = 1",
        ),
    ),
    (
        (
            "a >= 0 AND b >= 0 AND c >= 0",
            "(a >= 0 AND b >= 0) AND c >= 0",
            "a >= 0 AND (b >= 0 AND c >= 0)",
            "((a >= 0) AND (b >= 0) AND (c >= 0))",
            "c >= 0 AND b >= 0 AND a >= 0",
        ),
        ("a >= 0 AND b >= 0 OR c >= 0",),
    ),
)


SQLITE_VALUES: Final = {
    "a INTEGER": "0, 1, -1, 2, 3, 5, NULL",
    "b INTEGER": "0, 1, -2, 3, NULL",
    "d REAL": "0, 0.5, 0.55, 0.6, 2, NULL",
    "f BOOLEAN": "0, 1, NULL",
    "s TEXT": "'', ' ', 'x', 'X', ' x', 'x ', 'y', 'xyz', 'x*', 'its', 'it''s', 'ab', 'zab', '@', '1', '2', '1.5', "
    "'{}', '2020-01-01', NULL",
    "t TEXT": "'x', 'y', '{}', '2020-01-01', NULL",
}
"""The columns of the table on SQLite, in DDL, and what may be in them."""

ON_SQLITE: Final[tuple[tuple[tuple[str, ...], ...], ...]] = (
    (
        (
            "a > 0",
            "a>0",
            "(a) > (0)",
            "0 < a",
            '"a" > 0',
            "`a` > 0",
            "[a] > 0",
            "things.a > 0",
            "NOT a <= 0",
        ),
        ("a >= 0",),
    ),
    (
        (
            "a = 1",
            "a == 1",
            "1 = a",
            "a IN (1)",
        ),
        ("a = 2",),
    ),
    (
        (
            "a <> 1",
            "a != 1",
            "NOT a = 1",
            "NOT (a == 1)",
        ),
        ("a IS NOT 1",),
    ),
    (
        (
            "f IN (0, 1)",
            "f in (1,0)",
            "f = 0 OR f = 1",
            "(f IN (0, 1))",
        ),
        ("f IN (0)",),
    ),
    (
        (
            "f",
            "f = 1",
            "f = true",
            "f = TRUE",
            "f == 1",
        ),
    ),
    (
        (
            "f = 0",
            "f = false",
            "NOT f",
            "f == FALSE",
        ),
        ("f = 1",),
    ),
    (
        (
            "s IS NOT NULL",
            "s NOTNULL",
            "s NOT NULL",
            "NOT s IS NULL",
            "s is not null",
        ),
        (
            "s IS NULL",
            "s ISNULL",
        ),
    ),
    (
        (
            "length(s) > 0",
            "LENGTH(s) > 0",
            "0 < length(s)",
        ),
        ("length(s) > 1",),
    ),
    (
        (
            "s GLOB 'x*'",
            "s glob 'x*'",
        ),
        ("s LIKE 'x*'",),
        (
            "s NOT GLOB 'x*'",
            "NOT s GLOB 'x*'",
        ),
    ),
    (
        (
            "s LIKE 'x%'",
            "s like 'x%'",
        ),
        (
            "s NOT LIKE 'x%'",
            "NOT (s LIKE 'x%')",
        ),
    ),
    (
        (
            "a BETWEEN 1 AND 3",
            "a >= 1 AND a <= 3",
            "NOT (a NOT BETWEEN 1 AND 3)",
        ),
        ("a NOT BETWEEN 1 AND 3",),
    ),
    (
        (
            "s IN ('x', 'y')",
            "s in ('y','x')",
            "s = 'x' OR s = 'y'",
        ),
        (
            "s NOT IN ('x','y')",
            "s <> 'x' AND s != 'y'",
        ),
    ),
    (
        (
            "lower(s) = s",
            "s = LOWER(s)",
        ),
        ("upper(s) = s",),
    ),
    (
        (
            "s || t = 'xy'",
            "(s||t) = 'xy'",
        ),
        ("t || s = 'xy'",),
    ),
    (
        (
            "a % 2 = 0",
            "(a % 2) = 0",
        ),
        ("a % 2 = 1",),
    ),
    (
        (
            "CAST(s AS INTEGER) > 1",
            "cast(s as integer)>1",
        ),
        ("s > 1",),
        ("CAST(s AS REAL) > 1",),
    ),
    (
        (
            "coalesce(a, 0) > 0",
            "COALESCE(a,0) > 0",
        ),
        ("ifnull(a, 1) > 0",),
    ),
    (
        (
            "CASE WHEN a > 0 THEN 1 ELSE 0 END",
            "case when a>0 then 1 else 0 end",
        ),
        ("CASE WHEN a > 0 THEN 0 ELSE 1 END",),
    ),
    (
        (
            "d > 0.5",
            "d > .5",
            "d > 5e-1",
        ),
        ("d > 0.6",),
    ),
    (
        ("s = 'it''s'",),
        ("s = 'its'",),
    ),
    (
        (
            "json_valid(s)",
            "JSON_VALID(s)",
        ),
        ("json_valid(t)",),
    ),
    (
        (
            "typeof(a) = 'integer'",
            "TYPEOF(a) = 'integer'",
        ),
        ("typeof(a) = 'text'",),
    ),
    (
        ("a IS 1",),
        ("a IS NOT 1",),
    ),
    (
        (
            "date(s) = s",
            "DATE(s) = s",
        ),
        ("date(t) = s",),
    ),
    (
        (
            "s <> ''",
            "s != ''",
            "'' <> s",
        ),
        ("s <> ' '",),
    ),
    (
        (
            "abs(a) < 5",
            "ABS(a) < 5",
        ),
        ("abs(a) < 6",),
    ),
    (
        (
            "a & 1 = 1",
            "(a & 1) = 1",
        ),
        ("a | 1 = 1",),
    ),
    (
        (
            "s REGEXP '^x'",
            "s regexp '^x'",
        ),
        ("s REGEXP '^y'",),
    ),
    (
        (
            "a IN (1,2) AND f",
            "f AND a IN (2,1)",
        ),
        ("a IN (1,2) OR f",),
    ),
    (
        (
            "substr(s, 1, 2) = 'ab'",
            "SUBSTR(s,1,2)='ab'",
            "substring(s, 1, 2) = 'ab'",
        ),
        ("substr(s, 2, 2) = 'ab'",),
    ),
    (
        (
            "trim(s) = s",
            "TRIM(s) = s",
        ),
        ("ltrim(s) = s",),
    ),
    (
        (
            "instr(s, '@') > 0",
            "INSTR(s,'@')>0",
        ),
        ("instr(s, 'x') > 0",),
    ),
    (
        (
            "s COLLATE NOCASE = 'x'",
            "s collate nocase = 'x'",
        ),
        ("s = 'x'",),
    ),
    (
        (
            "max(a, b) > 0",
            "MAX(a,b) > 0",
        ),
        ("min(a, b) > 0",),
    ),
)
"""The same in SQLite's words."""
