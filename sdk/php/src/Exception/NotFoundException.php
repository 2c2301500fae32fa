<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 404: it does not exist, or is not for this key. */
final class NotFoundException extends ApiException
{
}
