package meta

import "github.com/tagalong-chat/tagalong/server/chat"

var instagramEvents = events{channel: chat.ChannelInstagram, key: "igsid:", author: "Instagram app"}
