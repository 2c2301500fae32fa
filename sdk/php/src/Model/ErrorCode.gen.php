<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * What went wrong, for programs; stable. The table is in the document's description, "Error codes". A newer server may know more.
 */
final class ErrorCode
{
    public const BAD_JSON = 'bad_json';
    public const UNKNOWN_FIELD = 'unknown_field';
    public const BAD_QUERY = 'bad_query';
    public const BAD_CURSOR = 'bad_cursor';
    public const BAD_LINK = 'bad_link';
    public const BAD_FRAME = 'bad_frame';
    public const BAD_CONNECT = 'bad_connect';
    public const BAD_GRANT = 'bad_grant';
    public const UNAUTHENTICATED = 'unauthenticated';
    public const BAD_CREDENTIALS = 'bad_credentials';
    public const INVALID_TOKEN = 'invalid_token';
    public const TOKEN_WRONG_SHOP = 'token_wrong_shop';
    public const BAD_SIGNATURE = 'bad_signature';
    public const FORBIDDEN = 'forbidden';
    public const INSUFFICIENT_SCOPE = 'insufficient_scope';
    public const ORIGIN_NOT_ALLOWED = 'origin_not_allowed';
    public const CROSS_ORIGIN = 'cross_origin';
    public const IDENTITY_UNVERIFIED = 'identity_unverified';
    public const LINK_EXPIRED = 'link_expired';
    public const NOT_FOUND = 'not_found';
    public const METHOD_NOT_ALLOWED = 'method_not_allowed';
    public const TIMEOUT = 'timeout';
    public const ALREADY_EXISTS = 'already_exists';
    public const CONFLICT = 'conflict';
    public const CONVERSATION_CLOSED = 'conversation_closed';
    public const ID_CONFLICT = 'id_conflict';
    public const IDEMPOTENCY_IN_PROGRESS = 'idempotency_in_progress';
    public const LAST_OWNER = 'last_owner';
    public const LIMIT_REACHED = 'limit_reached';
    public const CHANNEL_OFF = 'channel_off';
    public const CANNOT_SEND = 'cannot_send';
    public const PROVIDER_REFUSED = 'provider_refused';
    public const TEMPLATE_REFUSED = 'template_refused';
    public const LINK_USED = 'link_used';
    public const GONE = 'gone';
    public const TOO_LARGE = 'too_large';
    public const UNSUPPORTED_MEDIA_TYPE = 'unsupported_media_type';
    public const UNSUPPORTED_ENCODING = 'unsupported_encoding';
    public const MISDIRECTED = 'misdirected';
    public const INVALID = 'invalid';
    public const BAD_TEXT = 'bad_text';
    public const TOO_LONG = 'too_long';
    public const BAD_ATTACHMENT = 'bad_attachment';
    public const IMAGE_TOO_LARGE = 'image_too_large';
    public const URL_NOT_ALLOWED = 'url_not_allowed';
    public const TEMPLATE_PARAMS = 'template_params';
    public const BAD_ADDRESS = 'bad_address';
    public const WRONG_PASSWORD = 'wrong_password';
    public const IDEMPOTENCY_MISMATCH = 'idempotency_mismatch';
    public const RATE_LIMITED = 'rate_limited';
    public const TOO_MANY_CONNECTIONS = 'too_many_connections';
    public const HEADERS_TOO_LARGE = 'headers_too_large';
    public const INTERNAL = 'internal';
    public const TRY_AGAIN = 'try_again';
    public const DRAINING = 'draining';
    public const STORE_FULL = 'store_full';
    public const REVOKED = 'revoked';
    public const SLOW_CONSUMER = 'slow_consumer';
    public const NO_PONG = 'no_pong';
    public const NO_HELLO = 'no_hello';
    public const UNSUPPORTED_PROTOCOL = 'unsupported_protocol';
}
