<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** The caller's mistake: an option, a parameter or a credential that cannot be right. Nothing was sent. */
final class ConfigurationException extends \InvalidArgumentException implements TagalongException
{
}
