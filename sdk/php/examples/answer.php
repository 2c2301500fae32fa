<?php

// Answers every conversation that nobody has taken: a bot in twenty lines.

require __DIR__ . '/../autoload.php';

use Tagalong\Client;
use Tagalong\Model\Choice;
use Tagalong\Model\Draft;

$client = new Client(getenv('TAGALONG_URL'), getenv('TAGALONG_SHOP'), getenv('TAGALONG_KEY'));

foreach ($client->conversations(assignee: 'none') as $conversation) {
    $last = $conversation->lastMessage;
    if ($last === null || $last->author->kind !== 'shopper') {
        continue;
    }
    echo "{$conversation->shopper->name}: $last->text\n";
    $question = new Draft(text: 'What is it about?', choices: [new Choice('order', 'My order'), new Choice('other', 'Something else')]);
    // The same id for the same answer: running this twice does not ask twice.
    $entry = $client->postMessage($conversation->id, $question, clientId: "greeting-$last->seq");
    echo "answered as $entry->seq\n";
}

// Output:
// Lia Brandt: Der Henkel ist abgebrochen.
// answered as 4
