<?php

declare(strict_types=1);

namespace TagalongChat;

use Tagalong\Client;
use Tagalong\Exception\ConfigurationException;
use Tagalong\Http\WordPressTransport;
use Tagalong\IdentityTokens;
use Tagalong\Model\Connection as Granted;
use Tagalong\Options;

/** What this site got when somebody connected it: the shop, a key and an identity secret. No page load reads the option. */
final class Connection
{
    public const OPTION = 'tagalong_chat_connection';

    private const FIELDS = ['api_url', 'shop', 'shop_key', 'shop_name', 'key', 'kid', 'identity_secret', 'loader_url', 'inbox_url'];

    /** @param array<string, mixed> $kept */
    private function __construct(private readonly array $kept)
    {
    }

    public static function load(): ?self
    {
        $kept = get_option(self::OPTION);
        return is_array($kept) && ($kept['key'] ?? '') !== '' && ($kept['api_url'] ?? '') !== '' ? new self($kept) : null;
    }

    public static function save(Granted $granted): self
    {
        $kept = [
            'api_url' => $granted->apiUrl,
            'shop' => $granted->shop->id,
            'shop_key' => $granted->shop->key,
            'shop_name' => $granted->shop->name,
            'test' => (bool) $granted->shop->test,
            'key' => $granted->pluginKey->key,
            'kid' => (string) $granted->identitySecret?->kid,
            'identity_secret' => (string) $granted->identitySecret?->secret,
            'loader_url' => $granted->loaderUrl,
            'inbox_url' => $granted->inboxUrl,
        ];
        update_option(self::OPTION, $kept, false);
        // Pages need the loader's address and nothing else.
        update_option(Settings::LOADER, esc_url_raw($granted->loaderUrl), true);
        return new self($kept);
    }

    public static function forget(): void
    {
        delete_option(self::OPTION);
        delete_option(Settings::LOADER);
    }

    public function client(float $deadline = 15.0): Client
    {
        return new Client($this->text('api_url'), $this->text('shop'), $this->text('key'), self::options($deadline));
    }

    public static function options(float $deadline): Options
    {
        return new Options(
            deadline: $deadline,
            timeout: min(10.0, $deadline),
            retries: 1, // the outbox is what repeats
            userAgent: 'tagalong-woocommerce/' . Plugin::VERSION . ' WordPress/' . get_bloginfo('version'),
            transport: new WordPressTransport(),
        );
    }

    /** @throws ConfigurationException without a secret */
    public function identities(): IdentityTokens
    {
        return new IdentityTokens($this->text('shop_key'), $this->text('kid'), $this->text('identity_secret'));
    }

    public function canIdentify(): bool
    {
        return $this->text('kid') !== '' && $this->text('identity_secret') !== '';
    }

    public function isTest(): bool
    {
        return !empty($this->kept['test']);
    }

    /** For people: which shop this is. */
    public function shopName(): string
    {
        return $this->text('shop_name');
    }

    public function inboxUrl(): string
    {
        return $this->text('inbox_url');
    }

    public function apiUrl(): string
    {
        return $this->text('api_url');
    }

    /** "tgk_…a1b2": enough to tell two keys apart. */
    public function maskedKey(): string
    {
        return (str_starts_with($this->text('key'), 'tgk_test_') ? 'tgk_test_' : 'tgk_') . '…' . substr($this->text('key'), -4);
    }

    private function text(string $field): string
    {
        return in_array($field, self::FIELDS, true) && is_string($this->kept[$field] ?? null) ? $this->kept[$field] : '';
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['shop' => $this->text('shop'), 'key' => $this->maskedKey()];
    }
}
