package example

import (
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

var shipment = map[string]api.ShipmentStatus{
	"label":      api.ShipmentStatusLabelCreated,
	"handed":     api.ShipmentStatusShipped,
	"moving":     api.ShipmentStatusInTransit,
	"at_door":    api.ShipmentStatusOutForDelivery,
	"nobody_in":  api.ShipmentStatusAttempted,
	"to_collect": api.ShipmentStatusReadyForPickup,
	"collected":  api.ShipmentStatusPickedUp,
	"arrived":    api.ShipmentStatusDelivered,
	"late":       api.ShipmentStatusDelayed,
	"lost":       api.ShipmentStatusFailure,
	"void":       api.ShipmentStatusCancelled,
}

func parcelChanged(event *tagalong.Event, p *parcel) error {
	if p == nil || p.ID == "" || p.Order == "" {
		return errNoObject
	}
	event.Type = api.ContextEventTypeShipmentUpserted
	event.Version = tagalong.VersionFromTime(p.Changed)
	event.Shipment = &api.Shipment{
		ExternalID:          p.ID.String(),
		OrderExternalID:     p.Order.String(),
		Status:              shipment[p.State],
		StatusRaw:           p.State,
		Carrier:             p.Carrier,
		ShippedAt:           millis(p.Sent),
		EstimatedDeliveryAt: millis(p.Expected),
		DeliveredAt:         millis(p.Delivered),
	}
	if p.Tracking != "" {
		event.Shipment.Tracking = []api.Tracking{{Number: p.Tracking, URL: p.TrackURL}}
	}
	for _, i := range p.Items {
		line := api.LineQuantity{LineExternalID: i.ID.String(), Quantity: i.Count}
		event.Shipment.Lines = append(event.Shipment.Lines, line)
	}
	return nil
}
