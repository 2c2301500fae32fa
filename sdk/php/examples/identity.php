<?php

// Says to the widget who is signed in. Answer this to the shopper's own browser, on a page or path that nothing caches.

require __DIR__ . '/../autoload.php';

use Tagalong\IdentityTokens;

$tokens = new IdentityTokens(getenv('TAGALONG_SHOP_KEY'), getenv('TAGALONG_KID'), getenv('TAGALONG_IDENTITY_SECRET'));
$token = $tokens->mint('cust-77', name: 'Lia Brandt', email: 'lia@example.org', emailVerified: true);
echo count(explode('.', $token)), " parts\n";

// Output:
// 3 parts
