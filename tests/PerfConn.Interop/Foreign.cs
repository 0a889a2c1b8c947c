using System;
using System.IO;
using System.Threading.Tasks;

namespace PerfConn.Interop;

/// <summary>The peers that nobody here wrote, each with the least configuration that does the job.</summary>
internal static class Foreign
{
    public const string User = "engine";
    public const string Password = "s3cret:word";

    /// <summary>npm <c>ws</c> as server.</summary>
    public static Task<Peer> WsAsync(bool deflate) => Peer.StartAsync(
        "node", (_, port) => [Path.Combine(Programs.Scripts, "server.mjs"), $"{port}", deflate ? "deflate" : "plain"]);

    /// <summary>Python <c>websockets</c> as server.</summary>
    public static Task<Peer> WebsocketsAsync(bool deflate) => Peer.StartAsync(
        "python3", (_, port) => [Path.Combine(Programs.Scripts, "server.py"), $"{port}", deflate ? "deflate" : "plain"]);

    /// <summary>nginx that ends TLS and forwards WebSocket.</summary>
    public static Task<Peer> NginxAsync(ServerCertificate certificate, int upstream) => Peer.StartAsync(
        "nginx",
        (folder, _) => ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", "stderr"],
        (folder, port) =>
        {
            certificate.WriteTo(folder);
            File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
                daemon off;
                master_process off;
                pid {{folder}}/nginx.pid;
                error_log stderr;
                events {}
                http {
                  access_log off;
                  client_body_temp_path {{folder}}/body;
                  proxy_temp_path {{folder}}/proxy;
                  fastcgi_temp_path {{folder}}/fastcgi;
                  uwsgi_temp_path {{folder}}/uwsgi;
                  scgi_temp_path {{folder}}/scgi;
                  server {
                    listen 127.0.0.1:{{port}} ssl;
                    ssl_certificate {{folder}}/chain.pem;
                    ssl_certificate_key {{folder}}/key.pem;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    location / {
                      proxy_pass http://127.0.0.1:{{upstream}};
                      proxy_http_version 1.1;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection upgrade;
                      proxy_set_header Host $host;
                    }
                  }
                }
                """);
        });

    /// <summary>haproxy that ends TLS and forwards WebSocket.</summary>
    public static Task<Peer> HaproxyAsync(ServerCertificate certificate, int upstream) => Peer.StartAsync(
        "haproxy",
        (folder, _) => ["-db", "-f", Path.Combine(folder, "haproxy.cfg")],
        (folder, port) =>
        {
            certificate.WriteTo(folder);
            File.WriteAllText(Path.Combine(folder, "haproxy.cfg"), $"""
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 30s
                  timeout server 30s
                  timeout tunnel 60s
                frontend tls
                  bind 127.0.0.1:{port} ssl crt {folder}/both.pem
                  default_backend ws
                backend ws
                  server one 127.0.0.1:{upstream}

                """);
        });

    /// <summary>tinyproxy: CONNECT with basic authentication.</summary>
    public static Task<Peer> TinyproxyAsync() => Peer.StartAsync(
        "tinyproxy",
        (folder, _) => ["-d", "-c", Path.Combine(folder, "tinyproxy.conf")],
        (folder, port) => File.WriteAllText(Path.Combine(folder, "tinyproxy.conf"), $"""
            Port {port}
            Listen 127.0.0.1
            Timeout 60
            BasicAuth {User} {Password.Replace(":", "", StringComparison.Ordinal)}

            """));

    /// <summary>dante: SOCKS5 without authentication.</summary>
    public static Task<Peer> DanteAsync() => Peer.StartAsync(
        "danted",
        (folder, _) => ["-N", "1", "-p", Path.Combine(folder, "danted.pid"), "-f", Path.Combine(folder, "danted.conf")],
        (folder, port) => File.WriteAllText(Path.Combine(folder, "danted.conf"), $$"""
            logoutput: stderr
            internal: 127.0.0.1 port = {{port}}
            external: 127.0.0.1
            clientmethod: none
            socksmethod: none
            user.privileged: root
            user.unprivileged: nobody
            client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
            socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 command: connect }

            """));

    /// <summary>microsocks: SOCKS5 with user and password.</summary>
    public static Task<Peer> MicrosocksAsync() => Peer.StartAsync(
        "microsocks", (_, port) => ["-i", "127.0.0.1", "-p", $"{port}", "-u", User, "-P", Password]);

    /// <summary><c>openssl s_server</c> that sends each line back reversed.</summary>
    public static Task<Peer> OpensslAsync(ServerCertificate certificate, params string[] more) => Peer.StartAsync(
        "openssl",
        (folder, port) => ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", Path.Combine(folder, "chain.pem"), "-key", Path.Combine(folder, "key.pem"), .. more],
        (folder, _) => certificate.WriteTo(folder));
}
