<?php

declare(strict_types=1);

namespace Tagalong\Exception;

/** 400, 413, 415, 422: values out of form or range; see $fields. Sending it again will not help. */
final class InvalidRequestException extends ApiException
{
}
