package chat

import "time"

// Attachment is an uploaded file: reserved first, bound to a conversation by the message that names it, swept if that never comes.
type Attachment struct {
	ID          AttachmentID `json:"id"`
	Name        string       `json:"name"`
	ContentType string       `json:"content_type"`
	Size        int64        `json:"size"`
	Width       int          `json:"width,omitempty"` // of an image
	Height      int          `json:"height,omitempty"`
}

// Upload is the stored form of an attachment.
type Upload struct {
	Attachment
	Merchant     MerchantID
	Shop         ShopID
	Conversation ConversationID // once it is bound
	By           Author
	CreatedAt    Millis
}

// UnboundFor is how long an upload waits for its message before it is swept.
const UnboundFor = 24 * time.Hour
