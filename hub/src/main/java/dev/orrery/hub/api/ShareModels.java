package dev.orrery.hub.api;

import dev.orrery.http.Json;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Share;
import dev.orrery.hub.store.ShareCode;
import dev.orrery.hub.store.SharedServer;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What the API shows of shares and their codes. */
final class ShareModels {

  private final HubSettings.Addresses addresses;

  ShareModels(HubSettings.Addresses addresses) {
    this.addresses = addresses;
  }

  ObjectNode share(Share share) {
    ObjectNode model = Json.object();
    model.set("server", server(share.server()));
    model.set("scopes", Models.texts(share.scopes()));
    boolean group = share.kind() == Holder.GROUP;
    ObjectNode with = Json.object().put("name", share.with());
    model.set("user", group ? null : with);
    model.set("group", group ? with : null);
    model.put("kind", group ? "group" : "user");
    return model.put("created_at", Times.text(share.createdAt()));
  }

  ObjectNode code(ShareCode code) {
    ObjectNode model = Json.object();
    model.set("server", server(code.server()));
    model.set("scopes", Models.texts(code.scopes()));
    model.put("id", code.apiId());
    model.put("created_at", Times.text(code.createdAt()));
    Models.put(model, "expires_at", code.expiresAt().map(Times::text));
    model.put("exchange_count", code.exchangeCount());
    Models.put(model, "last_exchanged_at", code.lastExchangedAt().map(Times::text));
    return model;
  }

  /** The only time the code itself is shown. */
  ObjectNode made(Sharing.Made made) {
    ObjectNode model = code(made.code());
    String path = Sharing.acceptPath(addresses.hubPath(), made.secret());
    model.put("code", made.secret()).put("accept_url", path);
    Models.put(model, "full_accept_url", addresses.publicUrl().map(origin -> origin + path));
    return model;
  }

  private ObjectNode server(SharedServer server) {
    String path = Paths.of(addresses.basePath(), server.owner(), server.name());
    ObjectNode model = Json.object();
    model.putObject("user").put("name", server.owner());
    model.put("name", server.name()).put("url", path);
    Optional<String> full = addresses.publicUrl().map(origin -> origin + path);
    Models.put(model, "full_url", full);
    return model.put("ready", server.ready());
  }
}
