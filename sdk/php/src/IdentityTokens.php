<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Internal\Json;
use Tagalong\Internal\Secret;

/**
 * Says to the widget who a signed-in shopper is: a JWT (HS256) signed with one of the shop's identity secrets.
 *
 *     $tokens = new IdentityTokens('pk_…', 'kid_…', $secret);
 *     echo $tokens->mint((string) $customer->id, name: $customer->name, email: $customer->email);
 *
 * Mint one for whoever is signed in on this very request, and hand it to their browser alone: never into a page that is cached.
 */
final class IdentityTokens
{
    /** The longest that the server takes. */
    public const MAX_LIFETIME = 86400;

    private const MAX_SUBJECT = 200;
    private const MAX_TOKEN = 8192;

    private readonly Secret $secret;
    private readonly Clock $clock;

    /**
     * @param string $shopKey the shop's public key, "pk_…"
     * @param string $kid     id of the secret, "kid_…"
     * @param string $secret  the secret as it was shown
     *
     * @throws ConfigurationException where one of them cannot be right
     */
    public function __construct(
        private readonly string $shopKey,
        private readonly string $kid,
        #[\SensitiveParameter] string $secret,
        ?Clock $clock = null,
    ) {
        if (preg_match('/^pk_[a-z2-7]{26}$/D', $shopKey) !== 1 || preg_match('/^kid_[a-z2-7]{26}$/D', $kid) !== 1) {
            throw new ConfigurationException('the public key of the shop ("pk_…") and the id of a secret ("kid_…") are needed');
        }
        if ($secret === '') { // anybody could sign
            throw new ConfigurationException('the secret is empty');
        }
        $this->secret = new Secret($secret);
        $this->clock = $clock ?? new SystemClock();
    }

    /**
     * A token for one shopper.
     *
     * @param string    $subject       the shop's own id of the buyer; it never changes for a person, and is never another's
     * @param string|null $phone       in E.164
     * @param bool|null $emailVerified whether the shop has made sure that the address is theirs
     * @param int       $lifetime      seconds; at most a day
     *
     * @throws ConfigurationException where a value is out of range
     */
    public function mint(
        string $subject,
        ?string $name = null,
        ?string $email = null,
        ?string $phone = null,
        ?bool $emailVerified = null,
        int $lifetime = 3600,
    ): string {
        $this->check($subject, $lifetime);
        // No `iat`: the server would refuse a token from a clock that is a minute fast, and it proves nothing.
        $claims = array_filter([
            'aud' => $this->shopKey,
            'sub' => $subject,
            'exp' => (int) floor($this->clock->now()) + $lifetime,
            'name' => $name,
            'email' => $email,
            'email_verified' => $emailVerified,
            'phone' => $phone,
        ], static fn (mixed $claim): bool => $claim !== null);
        $head = self::base64url(Json::encode(['alg' => 'HS256', 'typ' => 'JWT', 'kid' => $this->kid]));
        $content = $head . '.' . self::base64url(Json::encode($claims));
        $token = $content . '.' . self::base64url(hash_hmac('sha256', $content, $this->secret->reveal(), true));
        if (strlen($token) > self::MAX_TOKEN) {
            throw new ConfigurationException('the token is too long: shorten the name');
        }
        return $token;
    }

    private function check(string $subject, int $lifetime): void
    {
        if ($subject === '' || strlen($subject) > self::MAX_SUBJECT || preg_match('/^[^\x00-\x1f\x7f\x{fffd}]+$/Du', $subject) !== 1) {
            throw new ConfigurationException('the subject must be 1 to 200 bytes of UTF-8 without control characters');
        }
        if ($lifetime < 1 || $lifetime > self::MAX_LIFETIME) {
            throw new ConfigurationException('the lifetime must be from 1 second to a day');
        }
    }

    /** RFC 7515 §2: without padding. */
    private static function base64url(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
