package chattest_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
)

func TestTheStoreInMemoryIsAStore(t *testing.T) {
	chattest.Store(t, func(*testing.T) chat.Store { return chattest.NewMemory() })
}
