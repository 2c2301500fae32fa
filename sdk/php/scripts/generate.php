<?php

/**
 * Writes src/Model/*.gen.php from the contract: one class per schema that this SDK uses, one list of constants per enumeration.
 *
 *     php scripts/generate.php            writes them
 *     php scripts/generate.php --check    writes nothing; ends with 1 when they are stale
 *
 * Needs the yaml extension (Debian: php-yaml). What it writes needs nothing.
 */

declare(strict_types=1);

/** Where the walk through the schemas begins; everything that these name is written too. */
const ROOTS = [
    'ContextEvent', 'EventResult', 'Order', 'Conversation', 'EntryList', 'NewEntry', 'WebhookEvent', 'Shopper', 'ShopperContext',
    'Attachment', 'ErrorCode', 'Connection', 'OwnPluginKey', 'PrivacyRequest', 'Redaction', 'DataExport',
];

/** Written by hand: it calculates. */
const BY_HAND = ['Money'];

const WIDTH = 130;

main($argv);

function main(array $argv): void
{
    $root = dirname(__DIR__);
    $contract = yaml_parse_file($root . '/../../openapi/openapi.yaml');
    $files = [];
    foreach (reachable($contract['components']['schemas']) as $name => $schema) {
        $text = isset($schema['enum']) ? enumeration($name, $schema) : model($name, $schema, $contract['components']['schemas']);
        $files["$root/src/Model/$name.gen.php"] = $text;
    }
    exit(in_array('--check', $argv, true) ? check($root, $files) : write($root, $files));
}

/** @return array<string, array> the objects and enumerations to write, by name */
function reachable(array $schemas): array
{
    $found = [];
    for ($todo = ROOTS; $todo !== [];) {
        $name = array_shift($todo);
        if (isset($found[$name]) || in_array($name, BY_HAND, true)) {
            continue;
        }
        $found[$name] = $schemas[$name] ?? throw new RuntimeException("the contract has no $name");
        array_walk_recursive($found[$name], function (mixed $value, string|int $key) use (&$todo): void {
            if ($key === '$ref') {
                $todo[] = basename($value);
            }
        });
    }
    ksort($found);
    return array_filter($found, fn (array $schema): bool => isset($schema['enum']) || isset($schema['properties']));
}

function enumeration(string $name, array $schema): string
{
    $constants = '';
    foreach ($schema['enum'] as $value) {
        $constants .= sprintf("    public const %s = '%s';\n", strtoupper(strtr($value, '.:', '__')), $value);
    }
    $doc = block([trim($schema['description'] ?? "Values of $name.") . ' A newer server may know more.'], '');
    return head() . "{$doc}final class $name\n{\n$constants}\n";
}

function model(string $name, array $schema, array $schemas): string
{
    $fields = fields($schema, $schemas);
    usort($fields, fn (Field $a, Field $b): int => $b->required <=> $a->required);
    $uses = array_unique(array_merge(...array_map(fn (Field $f): array => $f->uses(), $fields)));
    sort($uses);
    $params = $doc = $checks = $reads = $writes = '';
    $docs = [];
    foreach ($fields as $f) {
        $docs[] = "@param {$f->phpDoc()} \${$f->property} {$f->text}";
        $params .= "        public readonly {$f->phpType()} \${$f->property}" . ($f->required ? '' : ' = null') . ",\n";
        $checks .= $f->check() === '' ? '' : "        {$f->check()}\n";
        $reads .= "            {$f->property}: {$f->read()},\n";
        $writes .= "            '{$f->name}' => {$f->write()},\n";
    }
    $class = block([$schema['description'] ?? "$name, as in the contract."], '');
    $constructor = block($docs, '    ');
    $uses = implode('', array_map(fn (string $use): string => "use $use;\n", $uses));
    return head() . <<<PHP
        $uses
        {$class}final class $name extends Model
        {
        {$constructor}    public function __construct(
        $params    ) {
        $checks    }

            /**
             * Reads it from decoded JSON; fields that it does not know are left out.
             *
             * @param array<mixed> \$data
             *
             * @throws \\Tagalong\\Exception\\MalformedException where a field is missing or of another type
             */
            public static function fromArray(array \$data): self
            {
                \$in = new Reader(\$data, '$name');
                return new self(
        $reads        );
            }

            public function jsonSerialize(): object
            {
                return Json::object([
        $writes        ]);
            }
        }

        PHP;
}

function head(): string
{
    return <<<'PHP'
        <?php

        // Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

        declare(strict_types=1);

        namespace Tagalong\Model;


        PHP;
}

/** @return list<Field> */
function fields(array $schema, array $schemas): array
{
    $fields = [];
    foreach ($schema['properties'] as $name => $property) {
        is_string($name) || throw new RuntimeException('YAML 1.1 took the name of a property for a boolean');
        $fields[] = new Field($name, $property, in_array($name, $schema['required'] ?? [], true), $schemas);
    }
    return $fields;
}

/** @param list<string> $paragraphs */
function block(array $paragraphs, string $indent): string
{
    $lines = [];
    foreach ($paragraphs as $paragraph) {
        $text = trim(preg_replace('/\s+/', ' ', str_replace('*/', '* /', $paragraph)));
        $lines[] = wordwrap($text, WIDTH - strlen($indent), "\n$indent * " . ($indent === '' ? '' : '  '));
    }
    return "$indent/**\n$indent * " . implode("\n$indent * ", $lines) . "\n$indent */\n";
}

/** @param array<string, string> $files */
function check(string $root, array $files): int
{
    $stale = array_diff(glob("$root/src/Model/*.gen.php"), array_keys($files));
    foreach ($files as $file => $text) {
        if (!is_file($file) || file_get_contents($file) !== $text) {
            $stale[] = $file;
        }
    }
    foreach ($stale as $file) {
        fwrite(STDERR, "stale: $file\n");
    }
    return $stale === [] ? 0 : 1;
}

/** @param array<string, string> $files */
function write(string $root, array $files): int
{
    foreach (array_diff(glob("$root/src/Model/*.gen.php"), array_keys($files)) as $gone) {
        unlink($gone);
    }
    foreach ($files as $file => $text) {
        file_put_contents($file, $text);
    }
    printf("%d files\n", count($files));
    return 0;
}

/** One property of a schema, and how PHP declares, checks, reads and writes it. */
final class Field
{
    public readonly string $property;
    public readonly string $text;
    /** string, int, bool, map, list or a class */
    private readonly string $kind;
    /** what a list holds, or the enumeration of a string */
    private readonly string $of;

    public function __construct(public readonly string $name, array $schema, public readonly bool $required, array $schemas)
    {
        $this->property = lcfirst(str_replace('_', '', ucwords($name, '_')));
        [$this->kind, $this->of] = self::kind($schema, $schemas);
        $target = isset($schema['$ref']) ? $schemas[basename($schema['$ref'])] : [];
        $text = $schema['description'] ?? (isset($target['properties']) ? '' : $target['description'] ?? '');
        $this->text = trim($text . (isset($schema['maxItems']) ? " At most {$schema['maxItems']}." : ''));
    }

    /** @return array{string, string} */
    private static function kind(array $schema, array $schemas): array
    {
        if (isset($schema['$ref'])) {
            $name = basename($schema['$ref']);
            $target = $schemas[$name];
            if (isset($target['enum'])) {
                return ['string', $name];
            }
            return isset($target['properties']) ? ['class', $name] : self::kind($target, $schemas);
        }
        return match ($schema['type']) {
            'string' => ['string', ''],
            'integer' => ['int', ''],
            'boolean' => ['bool', ''],
            'array' => ['list', self::element(self::kind($schema['items'], $schemas))],
            'object' => ['map', ''],
        };
    }

    private static function element(array $kind): string
    {
        return $kind[0] === 'class' ? $kind[1] : 'string';
    }

    /** @return list<string> */
    public function uses(): array
    {
        $uses = ['Tagalong\Internal\Json', 'Tagalong\Internal\Model', 'Tagalong\Internal\Reader'];
        if ($this->of === 'Money') {
            $uses[] = 'Tagalong\Money';
        }
        if ($this->kind === 'list') {
            $uses[] = 'Tagalong\Internal\Check';
        }
        return $uses;
    }

    public function phpType(): string
    {
        $type = match ($this->kind) {
            'class' => $this->of,
            'list', 'map' => 'array',
            default => $this->kind,
        };
        return ($this->required ? '' : '?') . $type;
    }

    public function phpDoc(): string
    {
        $type = match (true) {
            $this->kind === 'class' => $this->of,
            $this->kind === 'list' => "list<{$this->of}>",
            $this->kind === 'map' => 'array<string, string>',
            $this->of !== '' => "{$this->of}::*",
            default => $this->kind,
        };
        return $type . ($this->required ? '' : '|null');
    }

    public function check(): string
    {
        if ($this->kind !== 'list') {
            return '';
        }
        $of = $this->of === 'string' ? "'string'" : "{$this->of}::class";
        return "Check::listOf(\${$this->property}, $of, '{$this->property}');";
    }

    public function read(): string
    {
        $method = match (true) {
            $this->kind === 'class' => 'object',
            $this->kind === 'list' => $this->of === 'string' ? 'strings' : 'objects',
            default => $this->kind,
        };
        $method = $this->required ? $method : 'optional' . ucfirst($method);
        $class = str_ends_with(strtolower($method), 'object') || str_ends_with(strtolower($method), 'objects');
        return "\$in->$method('{$this->name}'" . ($class ? ", {$this->of}::fromArray(...)" : '') . ')';
    }

    public function write(): string
    {
        return $this->kind === 'map' ? "Json::map(\$this->{$this->property})" : "\$this->{$this->property}";
    }
}
