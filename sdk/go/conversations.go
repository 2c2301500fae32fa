package tagalong

import (
	"context"
	"iter"
	"net/http"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Filter chooses conversations; its zero value takes the server's default, the open ones.
type Filter struct {
	State    api.ConversationFilter
	Assignee string
}

// Conversation reads one conversation.
func (c *Client) Conversation(ctx context.Context, id string) (Conversation, error) {
	return call[Conversation](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.GetConversation(ctx, c.shop, id)
	})
}

// Conversations yields the shop's conversations, reading page by page. An error ends it.
func (c *Client) Conversations(ctx context.Context, filter Filter) iter.Seq2[Conversation, error] {
	return pages(func(cursor string) ([]Conversation, string, error) {
		params := &api.ListConversationsParams{State: filter.State, Assignee: filter.Assignee, Cursor: cursor, Limit: pageSize}
		page, err := call[api.ConversationList](ctx, c, func(ctx context.Context) (*http.Response, error) {
			return c.api.ListConversations(ctx, c.shop, params)
		})
		return page.Items, page.Next, err
	})
}

// Entries yields the log of a conversation above seq after, in order; 0 gives all of it. An error ends it.
func (c *Client) Entries(ctx context.Context, conversation string, after int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			params := &api.ListEntriesParams{After: &after, Limit: 2 * pageSize}
			page, err := call[api.EntryList](ctx, c, func(ctx context.Context) (*http.Response, error) {
				return c.api.ListEntries(ctx, c.shop, conversation, params)
			})
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, entry := range page.Items {
				if !yield(entry, nil) {
					return
				}
				after = entry.Seq
			}
			if len(page.Items) == 0 || after >= page.Head {
				return
			}
		}
	}
}

// PostMessage posts a message that the shopper sees. It is durable when answered.
//
// clientID makes a repeat of the whole call harmless: the same id and message answers with the first entry. Empty, one
// is made, which covers the tries of this call.
func (c *Client) PostMessage(ctx context.Context, conversation string, message Draft, clientID string) (Entry, error) {
	return c.post(ctx, conversation, api.NewEntryKindMessage, message, clientID)
}

// PostNote posts a note that only agents see; see [Client.PostMessage].
func (c *Client) PostNote(ctx context.Context, conversation string, note Draft, clientID string) (Entry, error) {
	return c.post(ctx, conversation, api.NewEntryKindNote, note, clientID)
}

func (c *Client) post(ctx context.Context, conversation string, kind api.NewEntryKind, draft Draft, clientID string) (Entry, error) {
	if clientID == "" {
		clientID = c.newID()
	}
	body := api.NewEntry{ClientID: clientID, Kind: kind, Message: draft}
	return call[Entry](repeatable(ctx), c, func(ctx context.Context) (*http.Response, error) {
		return c.api.PostEntry(ctx, c.shop, conversation, body)
	})
}
