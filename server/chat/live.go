package chat

// LiveKind says what a live event tells.
type LiveKind string

// Kinds of live events.
const (
	LiveCommitted LiveKind = "committed" // a conversation changed
	LiveRecord    LiveKind = "record"    // a record of the shop changed
	LiveTyping    LiveKind = "typing"
	LivePresence  LiveKind = "presence"
	LivePage      LiveKind = "page"
	LiveViewing   LiveKind = "viewing" // an agent looks at a conversation, or at none
	LiveShopper   LiveKind = "shopper" // a shopper was identified, renamed or erased
	LiveRevoked   LiveKind = "revoked" // a credential is over: its sockets must close
)

// Live is what the fan-out carries: a hint that may be lost at any moment. What is durable is read again from the store.
type Live struct {
	Kind         LiveKind
	Merchant     MerchantID
	Shop         ShopID
	Conversation ConversationID
	Shopper      ShopperID
	Committed    *Committed `json:",omitempty"`
	Record       *Record    `json:",omitempty"`
	Prev         int64      // the shop's feed position before
	Position     int64      // and after
	Who          Author     // typing, present, viewing
	Note         bool       // typing a note: agents only
	Presence     Presence
	Page         *Page `json:",omitempty"`
	Agent        AgentID
	Session      [32]byte // of a revoked session: all of the shopper's or agent's sessions when zero
}

// Presence says whether somebody is on the site. Unknown is not gone: it holds whatever waits for it, and asks again.
type Presence string

// States of presence.
const (
	Here    Presence = "here"
	Gone    Presence = "gone"
	Unknown Presence = "unknown"
)

// Topic names who is to hear a live event.
type Topic string

// TopicConversation is heard by those who have joined the conversation.
func TopicConversation(id ConversationID) Topic { return Topic("conversation/" + id) }

// TopicShop is heard by the agents who follow the shop's feed.
func TopicShop(id ShopID) Topic { return Topic("shop/" + id) }

// TopicAgents is heard by the shop's shoppers: are there agents?
func TopicAgents(id ShopID) Topic { return Topic("agents/" + id) }

// TopicShopper is heard by all of a shopper's sockets.
func TopicShopper(id ShopperID) Topic { return Topic("shopper/" + id) }

// TopicAgent is heard by all of an agent's sockets.
func TopicAgent(id AgentID) Topic { return Topic("agent/" + id) }

// Topics gives the topics that l goes to.
func (l Live) Topics() []Topic {
	switch l.Kind {
	case LiveCommitted:
		return []Topic{TopicConversation(l.Conversation), TopicShop(l.Shop), TopicShopper(l.Shopper)}
	case LiveRecord:
		return []Topic{TopicShop(l.Shop)}
	case LiveTyping:
		return []Topic{TopicConversation(l.Conversation)}
	case LiveViewing:
		return []Topic{TopicShop(l.Shop)}
	case LivePage:
		return []Topic{TopicShopper(l.Shopper)}
	case LiveShopper:
		return []Topic{TopicShopper(l.Shopper), TopicShop(l.Shop)}
	case LivePresence:
		if l.Who.Kind == AuthorAgent {
			return []Topic{TopicAgents(l.Shop), TopicShop(l.Shop)}
		}
		return []Topic{TopicShopper(l.Shopper)}
	case LiveRevoked:
		if l.Agent != "" {
			return []Topic{TopicAgent(l.Agent)}
		}
		return []Topic{TopicShopper(l.Shopper)}
	}
	return nil
}
