<?php

declare(strict_types=1);

namespace Tagalong\Tests\Support;

use Tagalong\Client;
use Tagalong\Http\Response;
use Tagalong\Http\TransportException;
use Tagalong\Options;
use Tagalong\Retry;

/** A client whose answers, clock and luck are given. */
final class World
{
    public const SHOP = 'shop_aaaaaaaaaaaaaaaaaaaaaaaaaa';
    public const KEY = 'tgk_very-secret-key';

    public readonly FakeTransport $transport;
    public readonly FakeClock $clock;
    public readonly Client $client;

    /** @var list<Retry> */
    public array $retries = [];

    /**
     * @param list<Response|TransportException|callable> $answers
     * @param array<string, mixed>                       $options
     */
    public function __construct(array $answers, array $options = [], float $luck = 0.5)
    {
        $this->transport = new FakeTransport(...$answers);
        $this->clock = new FakeClock();
        $this->client = new Client('https://chat.example.com/', self::SHOP, self::KEY, new Options(...$options + [
            'transport' => $this->transport,
            'clock' => $this->clock,
            'random' => static fn (): float => $luck,
            'onRetry' => function (Retry $retry): void {
                $this->retries[] = $retry;
            },
            'userAgent' => 'my-plugin/1.2',
        ]));
    }

    /** @return list<string|null> of each request, a header */
    public function sent(string $header): array
    {
        return array_map(static fn ($request): ?string => $request->headers()[$header] ?? null, $this->transport->requests);
    }
}
