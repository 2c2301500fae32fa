<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\BadAnswerException;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Exception\MalformedException;
use Tagalong\Exception\RequestException;
use Tagalong\Internal\BaseUrl;
use Tagalong\Internal\Call;
use Tagalong\Internal\Json;
use Tagalong\Internal\Secret;
use Tagalong\Internal\Sender;
use Tagalong\Model\Connection;

/**
 * The "Connect" button of a plugin: an authorization code with PKCE (RFC 6749 §4.1, RFC 7636), so that nobody copies keys.
 *
 *     $connect = new Connect('https://chat.example.com');
 *     [$verifier, $state] = [Connect::secret(), Connect::secret()];         // keep both on the server, for this person
 *     redirect($connect->url($returnUrl, $state, $verifier, 'My plugin', ['context:write']));
 *     // …the person agrees, and comes back to $returnUrl with ?code=…&state=…
 *     if (hash_equals($state, $_GET['state'])) {
 *         $connection = $connect->redeem($_GET['code'], $verifier, $returnUrl);   // the key, once
 *     }
 */
final class Connect
{
    private readonly string $baseUrl;
    private readonly Sender $sender;

    /**
     * @param string $baseUrl where the installation is, "https://chat.example.com"
     *
     * @throws ConfigurationException where it cannot be right
     */
    public function __construct(string $baseUrl, private readonly Options $options = new Options())
    {
        $this->baseUrl = BaseUrl::check($baseUrl, $options->allowHttp);
        // The exchange has no credential but the code and its verifier.
        $this->sender = new Sender($this->baseUrl, new Secret(''), Client::userAgent($options->userAgent), $options);
    }

    /** A verifier, or a state: 256 random bits. */
    public static function secret(): string
    {
        return self::base64url(random_bytes(32));
    }

    /**
     * Where to send the person.
     *
     * @param string       $returnUrl an address of the plugin; https, or http on loopback
     * @param string       $name      the plugin's, as the merchant reads it
     * @param list<string> $scopes    Scope::*
     * @param bool         $identity  ask for an identity secret too
     * @param array<string, string> $prefill platform, shop_name, shop_origin, shop_currency, shop_language, shop_time_zone, test:
     *                                what is known of the shop, for a merchant who makes a new one
     */
    public function url(
        string $returnUrl,
        string $state,
        #[\SensitiveParameter] string $verifier,
        string $name,
        array $scopes,
        bool $identity = false,
        array $prefill = [],
    ): string {
        return $this->baseUrl . '/connect?' . http_build_query([
            'name' => $name,
            'return_url' => $returnUrl,
            'state' => $state,
            'code_challenge' => self::base64url(hash('sha256', $verifier, true)),
            'code_challenge_method' => 'S256',
            'scopes' => implode(' ', $scopes),
        ] + ($identity ? ['identity' => '1'] : []) + $prefill, '', '&', PHP_QUERY_RFC3986);
    }

    /**
     * The key for the code that came back. A code is good once and for ten minutes; a second use revokes the key that it gave, so
     * this is tried once.
     *
     * @throws RequestException
     */
    public function redeem(#[\SensitiveParameter] string $code, #[\SensitiveParameter] string $verifier, string $returnUrl): Connection
    {
        $body = Json::encode(['code' => $code, 'code_verifier' => $verifier, 'return_url' => $returnUrl]);
        $response = $this->sender->send(new Call('POST', '/v1/connect/token', [], $body));
        try {
            return Connection::fromArray((array) Json::decode($response->body));
        } catch (MalformedException | \JsonException $e) {
            throw new BadAnswerException($response->status, 'bad_answer', 'The answer makes no sense.', previous: $e);
        }
    }

    private static function base64url(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
