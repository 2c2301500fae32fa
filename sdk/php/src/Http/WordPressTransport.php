<?php

declare(strict_types=1);

namespace Tagalong\Http;

/**
 * Through WordPress's HTTP API, so that a site's proxy settings, its filters and its debugging tools apply
 * (https://developer.wordpress.org/plugins/http-api/).
 *
 * A plugin of the site can switch the verification of certificates off for all requests (filter `https_ssl_verify`). Then nothing
 * is sent: the key would go to whoever answers.
 */
final class WordPressTransport implements Transport
{
    /** @var callable(string, array<string, mixed>): mixed */
    private $request;

    /** @var callable(string, mixed, mixed...): mixed */
    private $filters;

    /**
     * @param callable(string, array<string, mixed>): mixed|null $request `wp_remote_request`, or something with its behaviour
     * @param callable(string, mixed, mixed...): mixed|null      $filters `apply_filters`
     */
    public function __construct(?callable $request = null, ?callable $filters = null)
    {
        // Closures, so that the class may be loaded before WordPress is.
        $this->request = $request ?? static fn (string $url, array $args): mixed => \wp_remote_request($url, $args);
        $this->filters = $filters ?? static fn (string $hook, mixed ...$args): mixed => \apply_filters($hook, ...$args);
    }

    public function send(Request $request): Response
    {
        if (str_starts_with($request->url, 'https:') && ($this->filters)('https_ssl_verify', true, $request->url) === false) {
            throw new TransportException(TransportException::INSECURE, 'This site has switched the verification of certificates off.');
        }
        $answer = ($this->request)($request->url, [
            'method' => $request->method,
            'headers' => $request->headers(),
            'body' => $request->body,
            'timeout' => $request->timeout,
            'redirection' => 0,
            'httpversion' => '1.1',
            'sslverify' => true,
            'limit_response_size' => $request->maxBytes + 1, // WordPress cuts off silently: one more byte tells
        ]);
        return self::read($answer, $request->maxBytes);
    }

    private static function read(mixed $answer, int $maxBytes): Response
    {
        if (!is_array($answer)) {
            throw self::failed($answer);
        }
        $body = (string) ($answer['body'] ?? '');
        if (strlen($body) > $maxBytes) {
            throw new TransportException(TransportException::TOO_LARGE, "The answer is larger than $maxBytes bytes.");
        }
        $headers = [];
        foreach ($answer['headers'] ?? [] as $name => $value) {
            $headers[(string) $name] = is_array($value) ? (string) reset($value) : (string) $value;
        }
        return new Response((int) ($answer['response']['code'] ?? 0), $headers, $body);
    }

    /** A WP_Error knows curl's number only as a part of its text: "cURL error 28: …". */
    private static function failed(mixed $error): TransportException
    {
        $text = is_object($error) && method_exists($error, 'get_error_message') ? (string) $error->get_error_message() : '';
        $number = preg_match('/^cURL error (\d{1,3})/', $text, $m) === 1 ? (int) $m[1] : 0;
        $reason = match ($number) {
            28 => TransportException::TIMEOUT,
            60, 77 => TransportException::INSECURE,
            default => TransportException::CONNECTION,
        };
        return new TransportException($reason, $number === 0 ? 'WordPress could not send the request.' : "WordPress: curl $number.");
    }
}
