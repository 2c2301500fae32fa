<?php

declare(strict_types=1);

namespace Tagalong\Http;

use Tagalong\Exception\ConfigurationException;

/**
 * Through the curl extension. It keeps its connection between requests. Certificates are always verified, redirects never followed;
 * there is no option for either.
 */
final class CurlTransport implements Transport
{
    private ?\CurlHandle $handle = null;

    /**
     * @param string|null $caBundle file of certificates to trust instead of the system's, for an installation with an authority of
     *                              its own
     *
     * @throws ConfigurationException without the extension, or where the file cannot be read
     */
    public function __construct(private readonly ?string $caBundle = null)
    {
        if (!extension_loaded('curl')) {
            throw new ConfigurationException('the curl extension is not loaded; give another transport');
        }
        if ($caBundle !== null && !is_readable($caBundle)) {
            throw new ConfigurationException('the file of certificates cannot be read');
        }
    }

    public function send(Request $request): Response
    {
        $answer = new CurlAnswer($request->maxBytes);
        $handle = $this->handle ??= curl_init();
        curl_setopt_array($handle, $this->options($request, $answer));
        curl_exec($handle);
        $error = curl_errno($handle);
        $detail = curl_strerror($error);
        $status = (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        curl_reset($handle); // it keeps the connection, not the request and the answer
        if ($answer->tooLarge) {
            throw new TransportException(TransportException::TOO_LARGE, "The answer is larger than $request->maxBytes bytes.");
        }
        if ($error !== CURLE_OK) {
            throw new TransportException(self::reason($error), "$detail (curl $error).");
        }
        return new Response($status, $answer->headers, $answer->body);
    }

    /** @return array<int, mixed> */
    private function options(Request $request, CurlAnswer $answer): array
    {
        $headers = ['Expect:']; // curl would wait for a "100 Continue" that proxies forget
        foreach ($request->headers() as $name => $value) {
            $headers[] = "$name: $value";
        }
        $options = [
            CURLOPT_URL => $request->url,
            CURLOPT_CUSTOMREQUEST => $request->method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_SSLVERSION => CURL_SSLVERSION_TLSv1_2,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_TIMEOUT_MS => max(1, (int) ceil($request->timeout * 1000)),
            CURLOPT_CONNECTTIMEOUT_MS => max(1, (int) ceil(min($request->timeout, $request->connectTimeout) * 1000)),
            CURLOPT_HEADERFUNCTION => $answer->takeHeader(...),
            CURLOPT_WRITEFUNCTION => $answer->takeBody(...),
        ];
        if ($request->body !== null) {
            $options[CURLOPT_POSTFIELDS] = $request->body;
        }
        if ($this->caBundle !== null) {
            $options[CURLOPT_CAINFO] = $this->caBundle;
        }
        return $options;
    }

    private static function reason(int $error): string
    {
        return match ($error) {
            CURLE_OPERATION_TIMEDOUT => TransportException::TIMEOUT,
            CURLE_SSL_CACERT, CURLE_SSL_PEER_CERTIFICATE, CURLE_SSL_CACERT_BADFILE => TransportException::INSECURE,
            default => TransportException::CONNECTION,
        };
    }
}
