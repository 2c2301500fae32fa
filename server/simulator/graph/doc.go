// Package graph is a local stand-in for Meta's Graph API as far as messaging
// goes: WhatsApp Cloud API, Messenger Platform and Instagram messaging, together
// with the people on the other side, their phones, and the sender of webhooks.
//
// It is written from Meta's published documentation alone, shares no code with
// any client, and refuses what Meta refuses: limits, windows, rates, tokens. It
// can also misbehave as networks and providers do (fault.go, profile.go). What
// happened is in a journal (journal.go), and Invariants reads it for breaches.
//
// A World is one such Meta. Handler plays graph.facebook.com and
// graph.instagram.com, MediaHandler the hosts of files, Run sends webhooks and
// moves messages along, Control is the remote control for tests in other
// processes. Everything is in memory. With a Clock and a Seed the same actions
// give the same journal; without a Clock the real time passes.
//
// It proves nothing about delivery, prices, reviews of templates and quality,
// the exact wording of errors or the true timing of retries.
//
// Start at world.go; then whatsapp_send.go and messenger_send.go for what comes
// in, person.go and inbound.go for what people do, webhook.go for what goes out.
package graph
