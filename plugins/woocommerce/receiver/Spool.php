<?php

declare(strict_types=1);

namespace TagalongChat\Receive;

use DateTimeImmutable;

/** Deliveries that wait, a file each, in a folder that no web server shows. They hold buyers' data and are gone when sent. */
final class Spool
{
    public const MOST = 10000;

    public function __construct(private readonly string $folder)
    {
    }

    /** False where it is full, or there is no room. */
    public function keep(Delivery $delivery): bool
    {
        if (!is_dir($this->folder) && !@mkdir($this->folder, 0700, true) || $this->count() >= self::MOST) {
            return false;
        }
        $name = $delivery->at->format('Uu') . '-' . substr(hash('sha256', $delivery->id), 0, 16);
        $content = json_encode([$delivery->noun, $delivery->at->format('U.u'), base64_encode($delivery->body)]);
        // Written whole, then named: who drains at this moment sees all of it or nothing.
        return file_put_contents("$this->folder/.$name", $content) !== false && rename("$this->folder/.$name", "$this->folder/$name");
    }

    /** @return iterable<string, ?Delivery> null for a file that is not ours */
    public function oldest(int $most): iterable
    {
        foreach (array_slice($this->names(), 0, $most) as $name) {
            $kept = json_decode((string) @file_get_contents("$this->folder/$name"), true);
            $at = DateTimeImmutable::createFromFormat('U.u', (string) ($kept[1] ?? ''));
            yield $name => $at === false ? null : new Delivery((string) $kept[0], (string) base64_decode((string) $kept[2]), $at);
        }
    }

    public function remove(string $name): void
    {
        @unlink("$this->folder/$name"); // another process may have been quicker
    }

    public function count(): int
    {
        return count($this->names());
    }

    /** @return list<string> */
    private function names(): array
    {
        return preg_grep('/^\d+-[0-9a-f]{16}$/D', is_dir($this->folder) ? (array) scandir($this->folder) : []) ?: [];
    }
}
