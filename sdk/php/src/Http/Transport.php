<?php

declare(strict_types=1);

namespace Tagalong\Http;

/**
 * Sends one request once. {@see CurlTransport} is the usual one, {@see WordPressTransport} goes through WordPress's HTTP API.
 *
 * It must not follow redirects (they would carry the key elsewhere), must verify certificates, and must give up after the
 * request's timeout and above its limit on the answer's size. Any status is an answer, not an error.
 */
interface Transport
{
    /** @throws TransportException when there is no whole answer */
    public function send(Request $request): Response;
}
