<?php

// The "Connect" button: the merchant agrees in Tagalong, and the plugin gets its key without anybody copying one.

require __DIR__ . '/../autoload.php';

use Tagalong\Connect;
use Tagalong\Model\Scope;

$connect = new Connect(getenv('TAGALONG_URL'));
$return = 'https://shop.example/tagalong/connected';

// The button: keep both for whoever pressed it, on the server, for a quarter of an hour; then send their browser to the address.
$_SESSION = ['state' => Connect::secret(), 'verifier' => Connect::secret()];
$scopes = [Scope::CONTEXT_WRITE, Scope::CONTEXT_READ];
$address = $connect->url($return, $_SESSION['state'], $_SESSION['verifier'], 'My shop', $scopes, identity: true);
echo parse_url($address, PHP_URL_PATH), "\n";

// The way back: compare the state before anything else, and try the code once.
$_GET = ['code' => 'tgc_from-the-address', 'state' => $_SESSION['state']];
if (hash_equals($_SESSION['state'], $_GET['state'])) {
    $connection = $connect->redeem($_GET['code'], $_SESSION['verifier'], $return);
    echo "{$connection->shop->name}: {$connection->loaderUrl}\n"; // store its key where only the server can read it
}

// Output:
// /connect
// Marl stoneware: https://chat.example/w/pk_marlmarlmarlmarlmarlmarlma.js
