<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * `offered` (the shopper has a link, or has left a number), `clicked`, `linked` (the channel's user came with the code), `active`
 * (the conversation goes on there), `returned`, `expired` (the code was not used in time), `failed` (nothing could be sent there). A
 * newer server may know more.
 */
final class HandoffState
{
    public const OFFERED = 'offered';
    public const CLICKED = 'clicked';
    public const LINKED = 'linked';
    public const ACTIVE = 'active';
    public const RETURNED = 'returned';
    public const EXPIRED = 'expired';
    public const FAILED = 'failed';
}
