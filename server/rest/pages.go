package rest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const defaultLimit = 50

// pageLimit gives how many items are asked for; most is what the contract allows.
func pageLimit(asked int32, most int) (int, error) {
	switch {
	case asked == 0:
		return min(defaultLimit, most), nil
	case asked < 0 || int(asked) > most:
		return 0, chat.ErrBadQuery
	}
	return int(asked), nil
}

// shortList pages through what is read whole because there is little of it: agents, shops, keys. place gives an item's place in the
// order of the list, unique and stable, so that a page begins right whatever came or went meanwhile.
func shortList[T any](d *Door, scope string, items []T, place func(T) string, asked int32, cursor string) (page []T, next string, err error) {
	limit, err := pageLimit(asked, 100)
	if err != nil {
		return nil, "", err
	}
	after := ""
	if cursor != "" {
		if after, err = d.auth.OpenCursor(scope, cursor); err != nil {
			return nil, "", err
		}
	}
	items = slices.SortedFunc(slices.Values(items), func(a, b T) int { return strings.Compare(place(a), place(b)) })
	items = slices.DeleteFunc(items, func(x T) bool { return place(x) <= after })
	if len(items) > limit {
		items = items[:limit]
		next = d.auth.SealCursor(scope, place(items[limit-1]))
	}
	return items, next, nil
}

// byName orders by name without regard to case, newest by time with the latest first.
func byName(name, id string) string { return strings.ToLower(name) + "\n" + id }

func newest(at chat.Millis, id string) string {
	const far = int64(1) << 53
	s := strconv.FormatInt(far-int64(at), 10)
	return strings.Repeat("0", 20-len(s)) + s + "\n" + id
}

// conversationPlace writes and reads a place in a list of conversations.
func conversationPlace(c chat.ConversationCursor) string {
	return strconv.FormatInt(int64(c.UpdatedAt), 10) + "\n" + string(c.ID)
}

func readConversationPlace(s string) (*chat.ConversationCursor, error) {
	at, id, _ := strings.Cut(s, "\n")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !chat.ValidID(chat.PrefixConversation, id) {
		return nil, chat.ErrBadCursor
	}
	return &chat.ConversationCursor{UpdatedAt: chat.Millis(n), ID: chat.ConversationID(id)}, nil
}

// seqBounds reads before and after of a list of entries: not both, and within what a number can be.
func seqBounds(before, after *int64) (b, a int64, err error) {
	if before != nil && after != nil {
		return 0, 0, chat.ErrBadQuery
	}
	const most = int64(1)<<53 - 1
	for _, n := range []*int64{before, after} {
		if n != nil && (*n < 0 || *n > most) {
			return 0, 0, chat.ErrBadCursor
		}
	}
	if before != nil {
		b = *before
	}
	if after != nil {
		a = *after
	}
	return b, a, nil
}

// each converts the items of a list; the result is never nil, since a list of the contract is never null.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}
