namespace Memoize.Generators.Tests.Analyzers;

/// <summary>MEMO042: services that say who calls, and services that are the same for everybody.</summary>
public sealed class ServicesOfOneCaller
{
    private const string Known = """
        namespace Microsoft.AspNetCore.Http
        {
            public class HttpContext { public System.Security.Claims.ClaimsPrincipal User => null!; }
            public interface IHttpContextAccessor { HttpContext? HttpContext { get; } }
        }
        public sealed record AppUser(Guid Id, string Name);
        public sealed record TenantInfo(string Id);
        public readonly record struct UserId(Guid Value);
        public enum Role { Reader, Admin }
        public static class Extensions
        {
            public static string? GetUserId(this System.Security.Claims.ClaimsPrincipal user) => user.Identity?.Name;
        }
        """;

    [Theory]
    // A service that is named after its caller
    [InlineData("interface ICurrentUser { Guid Id { get; } }", "{|service.Id|}")]
    [InlineData("interface ICurrentUser { Guid? Id { get; } }", "{|service.Id|} ?? Guid.Empty")]
    [InlineData("interface ICurrentUser { string? Email { get; } }", "service?{|.Email|}")]
    [InlineData("interface ICurrentUser { Role Role { get; } IReadOnlyList<string> Roles { get; } }", "{|service.Role|} == Role.Admin || {|service.Roles|}.Count > 1")]
    [InlineData("interface ICurrentUserService { string? UserId { get; } bool IsAuthenticated { get; } }", "{|service.IsAuthenticated|} ? {|service.UserId|} : null")]
    [InlineData("interface ICurrentTenant { string? Name { get; } }", "{|service.Name|}")]
    [InlineData("interface IUser { string Id { get; } }", "{|service.Id|}")]
    [InlineData("class UserContext { public string Language { get; set; } = \"\"; }", "{|service.Language|}")]
    [InlineData("interface IUserAccessor { AppUser User { get; } }", "{|service.User|}.Id")]
    [InlineData("interface IUserContext { Task<AppUser> GetUserAsync(CancellationToken token = default); }", "{|service.GetUserAsync()|}.Id")]
    [InlineData("interface ITenantProvider { string GetConnectionName(); string GetName(); }", "{|service.GetName()|}")]
    [InlineData("interface ITenantContext { TenantInfo Tenant { get; } }", "{|service.Tenant|}.Id")]
    [InlineData("interface IWorkContext { string WorkingCurrency { get; } }", "{|service.WorkingCurrency|}")]
    [InlineData("interface IRequestContext { string Path { get; } string IpAddress { get; } }", "{|service.Path|} + {|service.IpAddress|}")]
    [InlineData("interface ICallerInfo { string Name { get; } }", "{|service.Name|}")]
    [InlineData("interface ICurrentLanguage { string Code { get; } }", "{|service.Code|}")]
    [InlineData("interface ICurrentCustomer { decimal Discount { get; } }", "{|service.Discount|}")]
    [InlineData("interface ICorrelationContext { string Id { get; } }", "{|service.Id|}")]
    [InlineData("interface IUserSession { UserId UserId { get; } }", "{|service.UserId|}.Value")]
    // A member that is
    [InlineData("interface ISession { string UserName { get; } }", "{|service.UserName|}")]
    [InlineData("interface IAuth { Guid UserId { get; } }", "{|service.UserId|}")]
    [InlineData("interface IIdentityService { string GetUserIdentity(); string GetUserId(); }", "{|service.GetUserId()|}")]
    [InlineData("interface ISettingsOfTenant { string TenantId { get; } }", "{|service.TenantId|}")]
    [InlineData("interface IAuthorization { bool IsAdmin { get; } }", "{|service.IsAdmin|} ? 1 : 2")]
    [InlineData("interface ILocalizationService { string CurrentLanguage { get; } }", "{|service.CurrentLanguage|}")]
    [InlineData("interface IWorkspaces { int CurrentWorkspaceId { get; } }", "{|service.CurrentWorkspaceId|}")]
    // A value that is
    [InlineData("interface IContext { System.Globalization.CultureInfo Culture { get; } }", "{|service.Culture|}.Name")]
    [InlineData("interface IWork { AppUser By { get; } }", "{|service.By|}.Name")]
    [InlineData("interface ISecurity { System.Security.Claims.ClaimsPrincipal Principal { get; } }", "{|service.Principal|}.GetUserId()")]
    [InlineData("class Caller(System.Security.Claims.ClaimsPrincipal principal) { public System.Security.Claims.ClaimsPrincipal Value => principal; }", "{|service.Value|}.Identity?.Name")]
    [InlineData("interface IWorkUnit { ICurrent Session { get; } } public interface ICurrent { Guid UserId { get; } }", "{|service.Session.UserId|}")]
    public async Task Are_reported(string service, string expression)
        => await Analysis.MustReportAsync(Program(service, expression.Replace("{|", "{|MEMO042:", StringComparison.Ordinal)));

    [Theory]
    // Configuration
    [InlineData("class Service(MailOptions value) { public MailOptions Value => value; } public class MailOptions { public string UserName { get; set; } = \"\"; }", "service.Value.UserName")]
    [InlineData("interface ITenantSettings { string TenantId { get; } string Name { get; } }", "service.TenantId + service.Name")]
    [InlineData("class UserOptions { public int Age { get; set; } }", "service.Age")]
    [InlineData("interface IHostEnvironment { string EnvironmentName { get; } string ApplicationName { get; } }", "service.EnvironmentName + service.ApplicationName")]
    [InlineData("interface ISessionConfiguration { string CookieName { get; } }", "service.CookieName")]
    [InlineData("interface IFeatureFlags { bool NewPrices { get; } }", "service.NewPrices")]
    [InlineData("interface IAppInfo { string Version { get; } string Name { get; } }", "service.Version + service.Name")]
    // Clients and connections
    [InlineData("class PricesClient { public Uri? BaseAddress { get; set; } public TimeSpan Timeout { get; set; } }", "$\"{service.BaseAddress}{service.Timeout}\"")]
    [InlineData("class GraphClient { public string TenantId { get; set; } = \"\"; public string ClientId { get; set; } = \"\"; }", "service.TenantId + service.ClientId")]
    [InlineData("interface IConnectionFactory { string UserName { get; } string VirtualHost { get; } }", "service.UserName + service.VirtualHost")]
    [InlineData("interface IMailTransport { string UserName { get; } bool IsConnected { get; } }", "service.IsConnected ? service.UserName : null")]
    [InlineData("interface ISession { string Keyspace { get; } int BinaryProtocolVersion { get; } }", "service.Keyspace + service.BinaryProtocolVersion")]
    [InlineData("interface IDatabase { int Database { get; } string Name { get; } }", "service.Name + service.Database")]
    [InlineData("interface IPaymentGateway { string MerchantId { get; } string Currency { get; } }", "service.MerchantId + service.Currency")]
    [InlineData("interface ITranslator { string Language { get; } Task<string> GetGlossaryAsync(); }", "service.Language")]
    [InlineData("interface IBus { Uri Address { get; } string Topic { get; } }", "service.Topic + service.Address")]
    // Services for all callers
    [InlineData("interface IUserRepository { int Count { get; } Task<int> GetCountAsync(); Task<string[]> GetNamesAsync(); }", "service.Count + service.GetCountAsync().Id + service.GetNamesAsync().Id")]
    [InlineData("interface IUserStore { string TableName { get; } int MaxUsers { get; } }", "service.TableName + service.MaxUsers")]
    [InlineData("interface IUserService { bool IsReadOnly { get; } AppUser GetSystemUser(); }", "service.IsReadOnly ? service.GetSystemUser().Name : null")]
    [InlineData("interface ITenantRegistry { string DefaultTenantId { get; } IReadOnlyList<string> Names { get; } }", "service.DefaultTenantId + service.Names.Count")]
    [InlineData("interface ITenantStore { int Count { get; } Task<IReadOnlyList<TenantInfo>> GetAllAsync(); }", "service.GetAllAsync().Id + service.Count")]
    [InlineData("class UserManager { public bool SupportsLockout => true; public string KeyFormat => \"\"; }", "service.KeyFormat + service.SupportsLockout")]
    [InlineData("interface IUserIdGenerator { string Alphabet { get; } }", "service.Alphabet")]
    [InlineData("interface IRequestLimiter { int Remaining { get; } }", "service.Remaining")]
    [InlineData("interface IRequestQueue { int Length { get; } string Name { get; } }", "service.Length + service.Name")]
    [InlineData("interface ISessionFactory { bool IsClosed { get; } string Dialect { get; } }", "service.IsClosed + service.Dialect")]
    [InlineData("interface ILanguageDetector { string ModelName { get; } }", "service.ModelName")]
    [InlineData("interface IAccountClient { string Region { get; } }", "service.Region")]
    [InlineData("interface IIdentityServer { string Issuer { get; } Uri Endpoint { get; } }", "service.Issuer + service.Endpoint")]
    [InlineData("interface ICatalog { int Version { get; } string Currency { get; } string GetTitle(int id); }", "service.Version + service.Currency + service.GetTitle(x)")]
    [InlineData("interface IExchangeRates { decimal Euro { get; } decimal CurrentEuro { get; } decimal GetRate(); }", "service.Euro + service.CurrentEuro + service.GetRate()")]
    [InlineData("interface IClock { DateTime UtcNow { get; } long Ticks { get; } }", "service.UtcNow.Ticks + service.Ticks")]
    [InlineData("interface IPriceList { int Count { get; } string this[int index] { get; } }", "service.Count + service[x]")]
    [InlineData("interface IBuildContext { string ProjectName { get; } }", "service.ProjectName")]
    [InlineData("interface ICircuitBreaker { bool IsOpen { get; } int Failures { get; } }", "service.IsOpen ? service.Failures : 0")]
    [InlineData("interface ITokenizer { int VocabularySize { get; } string ModelId { get; } }", "service.ModelId + service.VocabularySize")]
    [InlineData("interface IUsers { Task<AppUser> GetUserAsync(int id); AppUser? Find(string name); }", "service.GetUserAsync(x).Id + service.Find(\"\")?.Name")]
    [InlineData("interface ITaxRules { string Country { get; } Guid RuleSetId { get; } }", "service.Country + service.RuleSetId")]
    [InlineData("interface IPartners { bool TryGet(int id); string Id { get; } string Key { get; } }", "service.Id + service.Key")]
    [InlineData("interface IUserContextFactory { string Name { get; } }", "service.Name")]
    [InlineData("interface IDirectory { string Root { get; } string UserDn(int id); }", "service.Root + service.UserDn(x)")]
    // Told by another rule
    [InlineData("class Service { public string? Name { get; } }", "service.ToString() + service.GetHashCode() + service.GetType() + service.Name")]
    public async Task Of_everybody_are_not_reported(string service, string expression)
        => await Analysis.MustReportAsync(Program(service, expression));

    [Fact]
    public async Task What_is_in_the_key_or_of_the_instance_or_only_logged_is_fine() => await Analysis.MustReportAsync("""
        using Microsoft.Extensions.Logging;
        public interface ICurrentUser { Guid Id { get; } string Name { get; } bool IsAdmin { get; } }
        public partial class Marked(ICurrentUser user, ILogger<Marked> logger)
        {
            [CacheKey] private Guid UserId => user.Id;
            [CachedResponse("5m")] public string Own(int x) => "" + UserId;
            [CachedResponse("5m")] public string Same(int x) => "" + user.Id;
            [CachedResponse("5m")] public string Other(int x) => {|MEMO042:user.Name|};
            [CachedResponse("5m", Scope = CacheScope.Instance)] public string Instance(int x) => user.Name;
            [CachedResponse("5m")] public string Logged(int x)
            {
                logger.LogInformation("For {Name}.", user.Name);
                return x > 0 ? "" : throw new ArgumentException($"Not for {user.Name}.");
            }

            // On a hit nobody asks, so that others than administrators get the answer.
            [CachedResponse("5m")] public string Guarded(int x)
            {
                if (!{|MEMO042:user.IsAdmin|})
                    throw new UnauthorizedAccessException();
                return "";
            }
        }
        """);

    [Fact]
    public async Task Reads_are_found_in_fields_and_through_calls_within_the_type()
    {
        var messages = await Analysis.MustReportAsync(Known + """
            public interface ICurrentUser { Guid Id { get; } }
            public partial class Orders(Microsoft.AspNetCore.Http.IHttpContextAccessor http)
            {
                private readonly ICurrentUser _user = null!;
                [CachedResponse("5m")] public partial Task<string> GetAsync(int x);
                private Task<string> GetCoreAsync(int x) => Task.FromResult(Prefix() + {|MEMO031:http.HttpContext|}!.User.Identity);
                private string Prefix() => Id + "/";
                private Guid Id => {|MEMO042:_user.Id|};
                public Guid NotCached => _user.Id;
            }
            """);
        Assert.Equal("'GetAsync' reads 'Id' of the service '_user', which looks like a value of the current caller and is not in the key, so that one caller gets the answer of another: make the value a parameter, or a property of 'Orders' with [CacheKey]", messages[1]);
    }

    private static string Program(string service, string expression)
    {
        var name = service.Split(' ', '(')[1];
        return $$"""
            public {{service}}
            public partial class C({{name}} service)
            {
                [CachedResponse("5m")] public object? Get(int x) => {{expression}};
            }

            """ + Known;
    }
}
