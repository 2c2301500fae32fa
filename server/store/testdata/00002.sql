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
UPDATE tasks SET waits = 1 WHERE id = 'tsk_2';
INSERT INTO provider_apps (id, merchant, created_at, secrets, data) VALUES ('app_old', 'mer_old', 1, NULL, '{"provider":"meta","app_id":"77"}');
INSERT INTO accounts (id, merchant, app, channel, external_id, business_id, state, created_at, removed, token, data)
    VALUES ('acc_old', 'mer_old', 'app_old', 'whatsapp', '1055', '99', 'active', 1, 0, NULL, '{"name":"Marl","shops":["shop_old"],"default":"shop_old"}');
INSERT INTO account_shops (shop, account) VALUES ('shop_old', 'acc_old');
INSERT INTO addresses (id, merchant, shop, shopper, account, channel, created_at, data)
    VALUES ('adr_old', 'mer_old', 'shop_old', 'shp_old', 'acc_old', 'whatsapp', 1, '{"keys":["wa:16505551234"],"phone":"+16505551234","last_inbound_at":5}');
INSERT INTO address_keys (account, key, shop, address) VALUES ('acc_old', 'wa:16505551234', 'shop_old', 'adr_old');
INSERT INTO deliveries (id, shop, conversation, seq, account, address, state, rising_at, currency, cost, cost_at, data)
    VALUES ('dlv_old', 'shop_old', 'cnv_old', 1, 'acc_old', 'adr_old', 'sent', 9, 'EUR', 7, 9,
    '{"merchant":"mer_old","channel":"whatsapp","parts":[{"provider_id":"wamid.old","state":"sent","at":9}],"cost":{"amount":7,"currency":"EUR"}}');
