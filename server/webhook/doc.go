// Package webhook sends events to merchants' webhooks: it is the domain's chat.Poster.
//
// An address that a merchant typed is never trusted: it is looked at when it is saved and again when it is dialled, since a name may
// lead elsewhere by then; redirects are not followed, answers are cut short, nothing is decompressed. Requests are signed as Standard
// Webhooks (https://www.standardwebhooks.com). Start reading at Sender.Post.
package webhook
