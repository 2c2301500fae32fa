<?php

/**
 * Keeps the database as it was when the site had been made, and brings it back: `php database.php keep|restore SOCKET`. Tables are
 * copied inside the server, which needs no other program.
 */

[, $what, $socket] = $argv;
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = new mysqli('localhost', 'root', '', '', 0, $socket);
if ($what === 'create') {
    $db->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
    exit;
}
[$from, $to] = $what === 'keep' ? ['wordpress', 'pristine'] : ['pristine', 'wordpress'];
$db->query("DROP DATABASE IF EXISTS $to");
$db->query("CREATE DATABASE $to CHARACTER SET utf8mb4");
$db->query("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
$tables = $db->query("SELECT table_name AS t, auto_increment AS n FROM information_schema.tables WHERE table_schema = '$from'");
foreach ($tables->fetch_all(MYSQLI_ASSOC) as $table) {
    $t = $table['t'];
    $db->query("CREATE TABLE $to.`$t` LIKE $from.`$t`");
    if ($table['n'] !== null) {
        $db->query("ALTER TABLE $to.`$t` AUTO_INCREMENT = {$table['n']}");
    }
    $db->query("INSERT INTO $to.`$t` SELECT * FROM $from.`$t`");
}
