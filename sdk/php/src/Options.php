<?php

declare(strict_types=1);

namespace Tagalong;

use Tagalong\Exception\ConfigurationException;
use Tagalong\Http\Transport;

/** How a {@see Client} works; every one has a default: `new Options(deadline: 5, userAgent: 'my-plugin/1.2')`. */
final class Options
{
    /** @var (callable(): float)|null */
    public readonly mixed $random;

    /** @var (callable(Retry): void)|null */
    public readonly mixed $onRetry;

    /**
     * @param float          $deadline       seconds that one call may take over all its tries and waits; a page of a list is a call
     * @param float          $timeout        seconds that one try may take
     * @param float          $connectTimeout seconds that its connection may take
     * @param int            $retries        tries after the first
     * @param string         $userAgent      names the plugin, as in "my-plugin/1.2"; it stands before the SDK's own name
     * @param Transport|null $transport      what sends requests; curl otherwise
     * @param Clock|null     $clock          the machine's otherwise
     * @param (callable(): float)|null       $random  from 0 up to 1, for the jitter of waits
     * @param (callable(Retry): void)|null   $onRetry is told of every try that failed and will be repeated, for a log
     * @param int            $maxAnswerBytes larger answers are refused
     * @param int            $pageSize       items per page of a list, 1 to 100
     * @param bool           $allowHttp      take a base URL without TLS; for a server in the same private network. Loopback needs no leave.
     *
     * @throws ConfigurationException where a value is out of range
     */
    public function __construct(
        public readonly float $deadline = 30.0,
        public readonly float $timeout = 10.0,
        public readonly float $connectTimeout = 5.0,
        public readonly int $retries = 4,
        public readonly string $userAgent = '',
        public readonly ?Transport $transport = null,
        public readonly ?Clock $clock = null,
        ?callable $random = null,
        ?callable $onRetry = null,
        public readonly int $maxAnswerBytes = 16 << 20,
        public readonly int $pageSize = 50,
        public readonly bool $allowHttp = false,
    ) {
        $this->random = $random;
        $this->onRetry = $onRetry;
        $this->mustBe($deadline > 0 && $timeout > 0 && $connectTimeout > 0, 'deadline and timeouts must be more than 0 seconds');
        $this->mustBe($retries >= 0, 'retries must not be negative');
        $this->mustBe($maxAnswerBytes > 0, 'maxAnswerBytes must be more than 0');
        $this->mustBe($pageSize >= 1 && $pageSize <= 100, 'pageSize must be from 1 to 100');
        $this->mustBe(preg_match('/^[ -~]{0,200}$/D', $userAgent) === 1, 'userAgent must be at most 200 characters of ASCII');
    }

    private function mustBe(bool $so, string $text): void
    {
        if (!$so) {
            throw new ConfigurationException($text);
        }
    }
}
