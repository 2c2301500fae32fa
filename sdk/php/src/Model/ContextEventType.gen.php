<?php

// Generated from openapi/openapi.yaml by scripts/generate.php. Do not edit.

declare(strict_types=1);

namespace Tagalong\Model;

/**
 * Values of ContextEventType. A newer server may know more.
 */
final class ContextEventType
{
    public const ORDER_UPSERTED = 'order.upserted';
    public const ORDER_DELETED = 'order.deleted';
    public const SHIPMENT_UPSERTED = 'shipment.upserted';
    public const CART_UPSERTED = 'cart.upserted';
    public const CART_DELETED = 'cart.deleted';
    public const CUSTOMER_UPSERTED = 'customer.upserted';
    public const CUSTOMER_DELETED = 'customer.deleted';
    public const PRODUCT_UPSERTED = 'product.upserted';
    public const PRODUCT_DELETED = 'product.deleted';
    public const COUPON_UPSERTED = 'coupon.upserted';
    public const COUPON_DELETED = 'coupon.deleted';
}
