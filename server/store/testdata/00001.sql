INSERT INTO meta (one, epoch, salt) VALUES (1, 'oldepoch', zeroblob(32));
INSERT INTO merchants (id, name, created_at) VALUES ('mer_old', 'Marl', 1);
INSERT INTO shops (id, merchant, key, created_at, data) VALUES ('shop_old', 'mer_old', 'pk_old', 1, '{"name":"Marl","settings":{}}');
INSERT INTO feeds (shop, position) VALUES ('shop_old', 7);
INSERT INTO shoppers (id, merchant, shop, customer, alias_of, created_at, seen_at, erased_at, data)
    VALUES ('shp_old', 'mer_old', 'shop_old', 'cust-1', '', 1, 1, 0, '{"name":"Mira","email":"Mira@Marl.example"}');
INSERT INTO conversations (num, id, merchant, shop, shopper, start_shopper, start_id, state, assignee, generation, first_seq, head,
    shopper_head, last_message, version, position, created_at, updated_at, data)
    VALUES (1, 'cnv_old', 'mer_old', 'shop_old', 'shp_old', 'shp_old', 'm1', 'open', '', 1, 1, 2, 2, 1, 2, 6, 1, 2,
    '{"shopper":{"id":"shp_old","name":"Mira"},"channel":"web","last":{"seq":1,"at":1,"author":{"kind":"shopper","id":"shp_old"},"text":"Hello"}}');
UPDATE conversations SET state = 'closed', data = json_set(data, '$.closed_at', unixepoch() * 1000);
INSERT INTO entries (conversation, seq, shopper_seq, at, kind, author_key, author_kind, author_id, author_name, channel, client_id, hash, body)
    VALUES (1, 1, 1, 1, 'message', 'shopper', 'shopper', 'shp_old', '', 'web', 'm1', zeroblob(32), '{"text":"Hello"}'),
           (1, 2, 2, 2, 'event', 'agent:agt_old', 'agent', 'agt_old', 'Ada', 'web', '', NULL, '{"name":"closed"}');
INSERT INTO records (shop, kind, external_id, version, occurred_at, hash, deleted, redacted, shopper, customer, parent, position, body)
    VALUES ('shop_old', 'order', '1001', 7, 7, zeroblob(32), 0, 0, 'shp_old', 'cust-1', '', 7, '{"external_id":"1001","number":"#1001"}');
INSERT INTO identity_secrets (shop, kid, merchant, secret, created_at) VALUES ('shop_old', 'k1', 'mer_old', CAST('plain old secret' AS BLOB), 1);
INSERT INTO tasks (id, kind, shop, due_at, ready_at, lane, dedupe, attempt, claim, reason, buried_at, payload)
    VALUES ('tsk_1', 'meet', 'shop_old', 1, 1, 'shopper:shp_old', '', 0, '', '', 0, '{}'),
           ('tsk_2', 'meet', 'shop_old', 1, 1, 'shopper:shp_old', '', 0, '', '', 0, '{}'),
           ('tsk_3', 'sweep', '', 1, 1, '', '', 0, '', '', 0, '{}');
