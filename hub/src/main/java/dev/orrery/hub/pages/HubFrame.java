package dev.orrery.hub.pages;

import dev.orrery.web.PageFrame;

/** Where the pages of a hub have their style sheet and their mark. */
final class HubFrame {

  private HubFrame() {}

  static PageFrame of(String hubPath) {
    return new PageFrame(hubPath + "static/", "image/svg+xml", hubPath + "static/mark.svg");
  }
}
