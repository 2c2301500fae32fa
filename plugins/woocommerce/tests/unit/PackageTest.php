<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use PHPUnit\Framework\TestCase;
use TagalongChat\Plugin;

/** What a merchant installs: complete, in one version, translated, and nothing of ours that they have no use for. */
final class PackageTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    private static string $built;

    public static function setUpBeforeClass(): void
    {
        self::$built = sys_get_temp_dir() . '/tagalong-chat-build-' . bin2hex(random_bytes(6));
        exec(escapeshellarg(self::ROOT . '/scripts/build') . ' ' . escapeshellarg(self::$built) . ' 2>&1', $out, $code);
        self::assertSame(0, $code, implode("\n", $out));
    }

    public static function tearDownAfterClass(): void
    {
        exec('rm -rf ' . escapeshellarg(self::$built));
    }

    public function testItHoldsWhatItNeedsAndNoMore(): void
    {
        $files = $this->files();
        foreach (['tagalong-chat.php', 'uninstall.php', 'readme.txt', 'LICENSE', 'assets/chat.js', 'vendor/tagalong/LICENSE'] as $file) {
            $this->assertContains($file, $files);
        }
        $this->assertContains('vendor/tagalong/src/Client.php', $files);
        $this->assertSame([], preg_grep('~(^|/)(\.|tests/|scripts/|build/|phpunit|phpcs|composer|examples/)~', $files));
        $this->assertStringContainsString('MIT', (string) file_get_contents(self::$built . '/tagalong-chat/vendor/tagalong/LICENSE'));
        $this->assertStringContainsString('GNU GENERAL PUBLIC LICENSE', (string) file_get_contents(self::ROOT . '/LICENSE'));
    }

    public function testItLoadsWithTheSdkThatItBrings(): void
    {
        $main = var_export(self::$built . '/tagalong-chat/autoload.php', true);
        $code = "require $main; echo (new ReflectionClass('Tagalong\\\\Client'))->getFileName();";
        $this->assertStringContainsString('/vendor/tagalong/src/', (string) shell_exec(PHP_BINARY . ' -r ' . escapeshellarg($code)));
    }

    public function testNothingRunsOutsideOfWordPress(): void
    {
        foreach (['tagalong-chat.php', 'uninstall.php'] as $file) {
            $out = shell_exec(PHP_BINARY . ' ' . escapeshellarg(self::$built . "/tagalong-chat/$file") . ' 2>&1');
            $this->assertSame('', (string) $out);
        }
    }

    public function testEveryPlaceSaysTheSameVersion(): void
    {
        $header = (string) file_get_contents(self::ROOT . '/tagalong-chat.php');
        $readme = (string) file_get_contents(self::ROOT . '/readme.txt');
        $this->assertSame(1, preg_match('/^ \* Version:\s+(\S+)$/m', $header, $version));
        $this->assertSame(Plugin::VERSION, $version[1]);
        $this->assertStringContainsString("\nStable tag: $version[1]\n", $readme);
        $this->assertStringContainsString("\n= $version[1] =\n", $readme);
        $this->assertStringContainsString("\n## $version[1]\n", (string) file_get_contents(self::ROOT . '/CHANGELOG.md'));
        foreach (['Requires at least', 'Requires PHP'] as $name) {
            preg_match("/$name:\s+(\S+)/", $header, $a);
            preg_match("/$name:\s+(\S+)/", $readme, $b);
            $this->assertSame($a[1], $b[1]);
        }
    }

    /** @return iterable<array{string}> */
    public function languages(): iterable
    {
        yield from [['de_DE'], ['ar']];
    }

    /** @dataProvider languages */
    public function testEveryTextIsTranslatedWithItsPlaceholders(string $language): void
    {
        $source = self::catalogue(self::ROOT . '/languages/tagalong-chat.pot');
        $texts = self::catalogue(self::ROOT . "/languages/tagalong-chat-$language.po");
        $this->assertSame([], array_diff(array_keys($source), array_keys($texts)), 'run scripts/pot');
        foreach (array_keys($source) as $id) {
            foreach ($texts[$id] as $text) {
                $this->assertNotSame('', $text, $id);
                $this->assertSame(self::placeholders($id), self::placeholders($text), $id);
            }
        }
    }

    /** @dataProvider languages */
    public function testTheBuiltCatalogueIsReadAsItWasWritten(string $language): void
    {
        $mo = (string) file_get_contents(self::$built . "/tagalong-chat/languages/tagalong-chat-$language.mo");
        [$magic, , $count, $ids, $texts] = array_values((array) unpack('V7', $mo));
        $this->assertSame(0x950412de, $magic);
        $read = [];
        for ($i = 0; $i < $count; $i++) {
            ['l' => $length, 'o' => $offset] = unpack('Vl/Vo', $mo, $ids + 8 * $i);
            ['l' => $size, 'o' => $at] = unpack('Vl/Vo', $mo, $texts + 8 * $i);
            $read[explode("\0", substr($mo, $offset, $length))[0]] = explode("\0", substr($mo, $at, $size));
        }
        $this->assertSame(array_keys($read), array_values(array_unique(array_keys($read))));
        $catalogue = self::catalogue(self::ROOT . "/languages/tagalong-chat-$language.po");
        foreach ($catalogue as $id => $expected) {
            $this->assertSame($expected, $read[$id]);
        }
    }

    public function testEveryTextOfTheCodeIsInTheCatalogue(): void
    {
        $source = self::catalogue(self::ROOT . '/languages/tagalong-chat.pot');
        foreach (glob(self::ROOT . '/src/*/*.php') as $file) {
            preg_match_all("/(?:__|esc_html__|esc_attr__|_n)\(\s*'((?:[^'\\\\]|\\\\.)*)',/", (string) file_get_contents($file), $found);
            foreach ($found[1] as $text) {
                $this->assertArrayHasKey(stripslashes($text), $source, basename($file) . ': run scripts/pot');
            }
        }
        $this->assertGreaterThan(40, count($source));
    }

    public function testTheScriptIsSmall(): void
    {
        $this->assertLessThan(3000, strlen((string) gzencode((string) file_get_contents(self::ROOT . '/assets/chat.js'), 9)));
    }

    /** @return list<string> */
    private function files(): array
    {
        $root = self::$built . '/tagalong-chat/';
        $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));
        $files = array_values(iterator_to_array($all));
        return array_map(static fn (\SplFileInfo $file): string => substr((string) $file, strlen($root)), $files);
    }

    /** @return array<string, list<string>> */
    private static function catalogue(string $file): array
    {
        $all = [];
        foreach (preg_split('/\n{2,}/', (string) file_get_contents($file)) as $block) {
            if (preg_match('/^msgid "(.+)"$/m', $block, $id) === 1) {
                preg_match_all('/^msgstr(?:\[\d\])? "(.*)"$/m', $block, $texts);
                $all[stripcslashes($id[1])] = array_map('stripcslashes', $texts[1]);
            }
        }
        return $all;
    }

    /** @return list<string> */
    private static function placeholders(string $text): array
    {
        preg_match_all('/%(?:\d\$)?[sd]/', $text, $found);
        sort($found[0]);
        return $found[0];
    }
}
