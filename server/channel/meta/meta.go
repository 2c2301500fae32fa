// Package meta carries messages over Meta's networks: WhatsApp, Messenger and Instagram.
//
// A Platform is all three: it verifies and reads their webhooks, which come to one address, and gives an adapter for each. Incoming:
// signature.go, webhook.go (the outside), then whatsapp_in.go and messenger_in.go (what each says) with their neighbours. Outgoing:
// graph.go is the one client of the Graph API. What Meta's errors mean stands in the tables of errors.go.
//
// Meta gives no key against sending twice: a request whose answer is lost may have been carried out, and says so (SendUncertain).
// What we send carries "<delivery>.<part>", which comes back with statuses and echoes.
package meta

// Platform is Meta as a provider.
type Platform struct{}
