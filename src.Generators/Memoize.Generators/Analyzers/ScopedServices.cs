using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Recognises services that live as long as a request, a scope or a unit of work, and are disposed at its end.</summary>
internal static class ScopedServices
{
    private static readonly (string Name, string Namespace)[] Types =
    [
        ("DbContext", "Microsoft.EntityFrameworkCore"),
        ("DbSet", "Microsoft.EntityFrameworkCore"),
        ("IDbContextTransaction", "Microsoft.EntityFrameworkCore.Storage"),
        ("DbContext", "System.Data.Entity"),
        ("DbSet", "System.Data.Entity"),
        ("IDbConnection", "System.Data"),
        ("IDbTransaction", "System.Data"),
        ("IDbCommand", "System.Data"),
        ("DbConnection", "System.Data.Common"),
        ("DbTransaction", "System.Data.Common"),
        ("DbCommand", "System.Data.Common"),
        ("ISession", "NHibernate"),
        ("IStatelessSession", "NHibernate"),
        ("IQuerySession", "Marten"),
        ("IDocumentSession", "Raven.Client.Documents.Session"),
        ("IAsyncDocumentSession", "Raven.Client.Documents.Session"),
        ("IClientSession", "MongoDB.Driver"),
        ("IServiceScope", "Microsoft.Extensions.DependencyInjection"),
        ("AsyncServiceScope", "Microsoft.Extensions.DependencyInjection"),
        ("HttpContext", "Microsoft.AspNetCore.Http"),
        ("HttpRequest", "Microsoft.AspNetCore.Http"),
        ("HttpResponse", "Microsoft.AspNetCore.Http"),
        ("ISession", "Microsoft.AspNetCore.Http"),
        ("UserManager", "Microsoft.AspNetCore.Identity"),
        ("RoleManager", "Microsoft.AspNetCore.Identity"),
        ("SignInManager", "Microsoft.AspNetCore.Identity"),
        ("AuthenticationStateProvider", "Microsoft.AspNetCore.Components.Authorization"),
        ("NavigationManager", "Microsoft.AspNetCore.Components"),
        ("IJSRuntime", "Microsoft.JSInterop"),
        ("HubCallerContext", "Microsoft.AspNetCore.SignalR"),
        ("ConsumeContext", "MassTransit"),
    ];

    /// <summary>Whether the type is one, derives from one or implements one.</summary>
    public static bool Include(ITypeSymbol type) => type.TypeKind is TypeKind.Class or TypeKind.Interface or TypeKind.Struct
        && type.WithBases().Any(static candidate => Array.Exists(Types, known => candidate.IsNamed(known.Name, known.Namespace)));

    /// <summary>What makes an instance for one computation.</summary>
    public static string FactoryOf(ITypeSymbol type)
    {
        foreach (var candidate in type.WithBases())
        {
            if (candidate.IsNamed("DbContext", "Microsoft.EntityFrameworkCore"))
                return $"an IDbContextFactory<{type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}>";
            if (candidate.IsNamed("DbConnection", "System.Data.Common") || candidate.IsNamed("IDbConnection", "System.Data"))
                return "a DbDataSource";
            if (candidate.IsNamed("ISession", "NHibernate") || candidate.IsNamed("IStatelessSession", "NHibernate"))
                return "an ISessionFactory";
            if (candidate.IsNamed("IQuerySession", "Marten") || candidate.IsIn("Raven.Client.Documents.Session"))
                return "an IDocumentStore";
        }

        return "an IServiceScopeFactory";
    }

    /// <summary>What belongs to one request and cannot be made again: it has to be read before.</summary>
    public static bool AreOfARequest(ITypeSymbol type) => type.WithBases().Any(static candidate =>
        candidate.IsIn("Microsoft.AspNetCore.Http") || candidate.IsIn("Microsoft.AspNetCore.SignalR") || candidate.IsIn("MassTransit")
        || candidate.IsIn("Microsoft.AspNetCore.Components") || candidate.IsIn("Microsoft.AspNetCore.Components.Authorization") || candidate.IsIn("Microsoft.JSInterop"));
}
