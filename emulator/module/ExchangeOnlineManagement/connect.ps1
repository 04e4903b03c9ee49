# How does a process get a connection? By -AccessToken: the emulation signs nobody in.

$script:Hosts = @{
    O365Default       = 'https://outlook.office365.com'
    O365China         = 'https://partner.outlook.cn'
    O365USGovGCCHigh  = 'https://outlook.office365.us'
    O365USGovDoD      = 'https://webmail.apps.mil'
    O365GermanyCloud  = 'https://outlook.office.de'
}

function Connect-ExchangeOnline {
    <#
    .SYNOPSIS
    Connects with a token that was made elsewhere, and imports the cmdlets that Exchange sends.
    .NOTES
    The token is kept as it is for the life of the connection. Nothing here renews it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)][string]$ConnectionUri,
        [Parameter(Position = 1)][string]$AzureADAuthorizationEndpointUri = 'https://login.microsoftonline.com/organizations',
        [Parameter(Position = 2)][ValidateSet('O365Default', 'O365China', 'O365USGovGCCHigh', 'O365USGovDoD', 'O365GermanyCloud')]
        [string]$ExchangeEnvironmentName = 'O365Default',
        [Parameter(Position = 3)]$PSSessionOption,
        [string]$AccessToken, [string]$Organization, [string]$DelegatedOrganization, [string]$UserPrincipalName,
        [string]$AppId, [Security.Cryptography.X509Certificates.X509Certificate2]$Certificate, [string]$CertificateFilePath,
        [securestring]$CertificatePassword, [string]$CertificateThumbprint, [pscredential]$Credential,
        [switch]$ManagedIdentity, [string]$ManagedIdentityAccountId,
        [switch]$Device, [switch]$InlineCredential, [switch]$DisableWAM,
        [string[]]$CommandName = @(), [string[]]$FormatTypeName, [string]$EXOModuleBasePath,
        [ValidatePattern('^(?!EXO$)[a-z0-9]*$', ErrorMessage = 'A prefix has letters and digits only, and EXO is reserved.')]
        [string]$Prefix = '',
        [ValidateRange(1, 1000)][uint32]$PageSize = 1000, [switch]$BypassMailboxAnchoring,
        [switch]$SkipLoadingFormatData, [switch]$LoadCmdletHelp, [switch]$SkipLoadingCmdletHelp, [switch]$UseRPSSession,
        [switch]$ShowProgress = $true, [switch]$ShowBanner = $true, [switch]$UseMultithreading = $true,
        [switch]$EnableErrorReporting, [string]$LogDirectoryPath, [ValidateSet('Default', 'All')][string]$LogLevel = 'Default',
        [switch]$TrackPerformance, [switch]$EnableSearchOnlySession, $SigningCertificate
    )
    Assert-TokenSignIn $AccessToken ($Organization, $DelegatedOrganization, $UserPrincipalName)
    $connection = New-Connection $PSBoundParameters
    $connection.BaseUri = Get-ServiceUri $ConnectionUri $ExchangeEnvironmentName
    $connection.AuthorizationUri = $AzureADAuthorizationEndpointUri
    Enter-Connection $connection $CommandName $(if ($EXOModuleBasePath) { $EXOModuleBasePath } else { [IO.Path]::GetTempPath() })
    if ($ShowBanner) { Write-Host "Connected by exo-jobs' emulation of ExchangeOnlineManagement to $($connection.BaseUri)." }
}

function Assert-TokenSignIn {
    param([string]$AccessToken, [string[]]$Owners)
    if (-not $AccessToken) {
        throw [NotSupportedException]::new('This is the emulation of ExchangeOnlineManagement by exo-jobs: it takes ' +
            '-AccessToken only, and cannot sign in by certificate, managed identity, credential or prompt.')
    }
    if (-not ($Owners | Where-Object { $_ })) {
        throw [ArgumentException]::new('Either one of Organization, DelegatedOrganization or UserPrincipalName ' +
            'should be provided with the AccessToken')
    }
}

function Get-ServiceUri {
    # Scheme, host and port; the path of a -ConnectionUri is that of remote PowerShell, which is gone.
    param([string]$ConnectionUri, [string]$EnvironmentName)
    if (-not $ConnectionUri) { return $script:Hosts[$EnvironmentName] }
    $uri = $ConnectionUri -as [uri]
    if (-not $uri.IsAbsoluteUri -or $uri.Scheme -ne 'https') {
        throw [ArgumentException]::new("ConnectionUri must be an https address, not '$ConnectionUri'.")
    }
    $uri.GetLeftPart([UriPartial]::Authority)
}

function New-Connection {
    param([Collections.IDictionary]$Asked)
    $claims = Read-TokenClaim $Asked.AccessToken
    $tenant = $Asked.DelegatedOrganization, $Asked.Organization, $claims.tid | Where-Object { $_ } | Select-Object -First 1
    @{
        ConnectionId          = [string][guid]::NewGuid()
        Token                 = $Asked.AccessToken
        Organization          = $tenant
        DelegatedOrganization = $Asked.DelegatedOrganization
        UserPrincipalName     = $Asked.UserPrincipalName
        TenantId              = $claims.tid
        AppId                 = $claims.appid
        Prefix                = $Asked.Prefix
        PageSize              = if ($Asked.PageSize) { [int]$Asked.PageSize } else { 1000 }
        RetryWaitScale        = 1.0
    }
}

function Read-TokenClaim {
    # A token need not be readable; then Get-ConnectionInformation shows no tenant and no application.
    param([string]$Token)
    $parts = $Token.Split('.')
    if ($parts.Count -ne 3) { return @{} }
    $text = $parts[1].Replace('-', '+').Replace('_', '/')
    $padded = $text.PadRight([int](4 * [Math]::Ceiling($text.Length / 4)), '=')
    try { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($padded)) | ConvertFrom-Json -AsHashtable }
    catch [FormatException], [ArgumentException] { @{} }
}

function Enter-Connection {
    # The connection counts only once its module is imported; a failure leaves nothing behind.
    param($Connection, [string[]]$CommandName, [string]$BasePath)
    $file = Get-ModuleFile $Connection $CommandName
    Add-Connection $Connection
    try { Import-TemporaryModule $Connection $file $BasePath }
    catch {
        Remove-Connection $Connection
        Remove-TemporaryModule $Connection.ModuleFolder
        throw
    }
}
