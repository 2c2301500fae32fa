<?php

declare(strict_types=1);

namespace TagalongChat\Tests\unit;

use Automattic\WooCommerce\Utilities\FeaturesUtil;
use PHPUnit\Framework\TestCase;
use TagalongChat\Map\Fields;
use TagalongChat\Map\ShipmentMap;
use TagalongChat\Read\Shipments;

/**
 * Where parcels come from beside the metadata: WooCommerce's own Fulfillments, and the filter.
 *
 * @runTestsInSeparateProcesses
 */
final class ShipmentsTest extends TestCase
{
    protected function setUp(): void
    {
        require_once __DIR__ . '/../Support/fulfillments.php';
        $GLOBALS['filters'] = [];
        $items = [['item_id' => 4, 'qty' => 2]];
        \WC_Data_Store::$fulfillments = [
            new \FakeFulfillment(1, true, [
                '_items' => $items, '_tracking_number' => '1Z999', '_tracking_url' => 'https://ups.example/1Z999',
                '_shipment_provider' => 'ups', '_date_fulfilled' => '2026-11-22 08:00:00',
            ]),
            new \FakeFulfillment(2, false, ['_items' => $items]),
        ];
    }

    public function testAFulfillmentThatIsFulfilledIsAParcel(): void
    {
        $order = ['id' => 16, 'tagalong' => ['shipments' => Shipments::of(new \WC_Order())]];
        [$parcel] = ShipmentMap::shipments(new Fields($order));
        $this->assertSame(
            ['16:f1', 'shipped', 'UPS', '1Z999', 'https://ups.example/1Z999', 1795334400000, '4', 2],
            [
                $parcel->externalId, $parcel->status, $parcel->carrier, $parcel->tracking[0]->number, $parcel->tracking[0]->url,
                $parcel->shippedAt, $parcel->lines[0]->lineExternalId, $parcel->lines[0]->quantity,
            ],
        );
        $this->assertCount(1, ShipmentMap::shipments(new Fields($order)));
    }

    public function testWithoutTheFeatureOrItsStoreThereAreNone(): void
    {
        FeaturesUtil::$on = false;
        $this->assertSame([], Shipments::of(new \WC_Order()));
        FeaturesUtil::$on = true;
        \WC_Data_Store::$fulfillments = null;
        $this->assertSame([], Shipments::of(new \WC_Order()));
        \WC_Data_Store::$fulfillments = [new \stdClass()];
        $this->assertSame([], Shipments::of(new \WC_Order()), 'of a form that nobody knows');
    }

    public function testTheFilterHasTheLastWord(): void
    {
        $GLOBALS['filters']['tagalong_chat_shipments'] = static fn (array $all, \WC_Order $order): array =>
            [['id' => 'p1', 'status' => 'delivered', 'delivered_at' => '2026-11-22T10:12:00Z'], 'nonsense'];
        $shipments = Shipments::of(new \WC_Order());
        $this->assertCount(1, $shipments);
        [$parcel] = ShipmentMap::shipments(new Fields(['id' => 16, 'tagalong' => ['shipments' => $shipments]]));
        $this->assertSame(['16:p1', 'delivered', 1795342320000], [$parcel->externalId, $parcel->status, $parcel->deliveredAt]);

        $GLOBALS['filters']['tagalong_chat_shipments'] = static fn (): string => 'broken';
        $this->assertSame([], Shipments::of(new \WC_Order()));
    }
}
