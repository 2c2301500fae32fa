<?php

declare(strict_types=1);

namespace Tagalong\Tests;

use PHPUnit\Framework\TestCase;
use Tagalong\Exception\ConfigurationException;
use Tagalong\IdentityTokens;
use Tagalong\Tests\Support\FakeClock;

/** What a token says. That the server believes it is shown in {@see RealServerTest}. */
final class IdentityTokensTest extends TestCase
{
    private const SHOP = 'pk_aaaaaaaaaaaaaaaaaaaaaaaaaa';
    private const KID = 'kid_bbbbbbbbbbbbbbbbbbbbbbbbbb';
    private const SECRET = 'tgi_secret';

    private static function tokens(): IdentityTokens
    {
        return new IdentityTokens(self::SHOP, self::KID, self::SECRET, new FakeClock(1795289656.9));
    }

    /** @return array<string, mixed> */
    private static function part(string $token, int $n): array
    {
        return json_decode(base64_decode(strtr(explode('.', $token)[$n], '-_', '+/'), true), true);
    }

    public function testItSaysWhoTheShopperIs(): void
    {
        $token = self::tokens()->mint('cust-77', 'Lía Brandt', 'lia@example.org', '+4915112345678', true, 600);
        self::assertSame(['alg' => 'HS256', 'typ' => 'JWT', 'kid' => self::KID], self::part($token, 0));
        self::assertSame([
            'aud' => self::SHOP, 'sub' => 'cust-77', 'exp' => 1795290256, 'name' => 'Lía Brandt', 'email' => 'lia@example.org',
            'email_verified' => true, 'phone' => '+4915112345678',
        ], self::part($token, 1));
    }

    public function testItSaysNoMoreThanItIsTold(): void
    {
        self::assertSame(['aud' => self::SHOP, 'sub' => '1', 'exp' => 1795289656 + 3600], self::part(self::tokens()->mint('1'), 1));
    }

    public function testItIsSignedAndWithoutPadding(): void
    {
        foreach (['a', 'ab', 'abc', 'abcd'] as $subject) {
            $token = self::tokens()->mint($subject);
            self::assertMatchesRegularExpression('/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/D', $token);
            [$head, $claims, $signature] = explode('.', $token);
            $want = hash_hmac('sha256', "$head.$claims", self::SECRET, true);
            self::assertSame($want, base64_decode(strtr($signature, '-_', '+/')));
        }
    }

    /** @return iterable<string, array{string, int, 2?: string}> */
    public static function refused(): iterable
    {
        yield 'no subject' => ['', 60];
        yield 'a long subject' => [str_repeat('x', 201), 60];
        yield 'a line break in the subject' => ["a\nb", 60];
        yield 'a broken encoding' => ["a\xff", 60];
        yield 'the sign for a broken encoding' => ["a\u{fffd}", 60];
        yield 'no lifetime' => ['1', 0];
        yield 'more than a day' => ['1', 86401];
        yield 'a name of a book' => ['1', 60, str_repeat('x', 8000)];
    }

    /**
     * @dataProvider refused
     */
    public function testWhatTheServerWouldRefuseIsNotMinted(string $subject, int $lifetime, string $name = 'x'): void
    {
        $this->expectException(ConfigurationException::class);
        self::tokens()->mint($subject, $name, lifetime: $lifetime);
    }

    public function testWhatIsNoSecretOfAShopIsRefused(): void
    {
        foreach ([['shop_a', self::KID, 's'], [self::SHOP, 'k1', 's'], [self::SHOP, self::KID, '']] as $wrong) {
            try {
                new IdentityTokens(...$wrong);
                self::fail('taken: ' . json_encode($wrong));
            } catch (ConfigurationException) {
                $this->addToAssertionCount(1);
            }
        }
    }
}
